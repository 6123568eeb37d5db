// The live page: subscribes to every channel that the user may join, and shows what comes.
(function () {
  "use strict"

  const SHOWN = 200
  const known = JSON.parse(document.getElementById("known").textContent)
  const state = document.getElementById("state")
  const events = document.getElementById("events")
  const rows = new Map()
  let count = 0
  let paused = false

  function element(name, text, className) {
    const made = document.createElement(name)
    if (text !== undefined) made.textContent = text
    if (className) made.className = className
    return made
  }

  function say(name, text) {
    state.dataset.state = name
    state.textContent = text || name
  }

  function pretty(data) {
    return typeof data === "string" ? data : JSON.stringify(data, null, 2)
  }

  function show(channel, name, data) {
    count += 1
    document.getElementById("count").textContent = String(count)
    if (paused) return
    const row = element("li")
    const head = element("div", undefined, "head")
    head.append(element("time", new Date().toLocaleTimeString()), element("strong", name))
    head.append(element("span", channel, "channel"))
    row.append(head)
    if (data !== undefined && data !== null) row.append(element("pre", pretty(data)))
    events.querySelectorAll(".none").forEach((none) => none.remove())
    events.prepend(row)
    while (events.children.length > SHOWN) events.lastElementChild.remove()
  }

  function showPeople(members) {
    const list = document.getElementById("people")
    list.replaceChildren()
    members.each((member) => list.append(element("li", (member.info && member.info.name) || member.id)))
  }

  function listen(pusher, wanted) {
    const row = element("li")
    row.append(element("code", wanted.name), element("small", wanted.title))
    document.getElementById("channels").append(row)
    rows.set(wanted.name, row)
    const channel = pusher.subscribe(wanted.name)
    channel.bind("pusher:subscription_succeeded", () => { row.dataset.state = "on" })
    channel.bind("pusher:subscription_error", (error) => {
      row.dataset.state = "refused"
      show(wanted.name, "refused", error)
    })
    channel.bind_global((name, data) => {
      if (!name.startsWith("pusher:")) show(wanted.name, name, data)
    })
    if (wanted.name.startsWith("presence-")) {
      for (const name of ["pusher:subscription_succeeded", "pusher:member_added", "pusher:member_removed"]) {
        channel.bind(name, () => showPeople(channel.members))
      }
    }
  }

  document.getElementById("clear").addEventListener("click", () => events.replaceChildren())
  document.getElementById("pause").addEventListener("click", (event) => {
    paused = !paused
    event.target.setAttribute("aria-pressed", String(paused))
  })

  if (typeof Pusher === "undefined") return say("failed", "the web client is not built: make run")
  if (!known.open) return say("failed", "realtime is switched off")

  const secure = location.protocol === "https:"
  const port = known.port || Number(location.port) || (secure ? 443 : 80)
  const headers = { "X-CSRFToken": known.csrf }
  const pusher = new Pusher(known.key, {
    cluster: "",
    wsHost: location.hostname,
    wsPort: port,
    wssPort: port,
    forceTLS: secure,
    enabledTransports: ["ws", "wss"],
    channelAuthorization: { endpoint: "/broadcasting/auth", transport: "ajax", headers },
    userAuthentication: { endpoint: "/pusher/user-auth", transport: "ajax", headers },
  })
  pusher.connection.bind("state_change", (change) => say(change.current))
  pusher.connection.bind("error", (error) => show("connection", "error", error && error.data))
  pusher.user.bind_global((name, data) => {
    if (!name.startsWith("pusher:")) show("you", name, data)
  })
  pusher.bind("wificore:resync", () => show("connection", "resync", "Something may have been missed."))
  pusher.signin()
  known.channels.forEach((wanted) => listen(pusher, wanted))
})()
