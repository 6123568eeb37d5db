// Stock pusher-js and laravel-echo, unchanged, driven by commands; runs in Node and in a browser.
//
//   const driver = makeDriver(Pusher, Echo, say)     say(entry) takes what happened
//   driver.run({do: 'open', id: 'ann', ..})
//
// Whoever drives signs what a server would: {ask: number, ..} is answered by {do: 'answer', ..}.
globalThis.makeDriver = function (Pusher, Echo, say) {
  const clients = {};
  const echoes = {};
  const asked = [];

  function ask(question) {
    return (params, callback) => {
      say({ ask: asked.push(callback) - 1, ...question, ...params });
    };
  }

  function open({ id, key, options }) {
    const pusher = new Pusher(key, {
      cluster: '',
      forceTLS: false,
      enabledTransports: ['ws'],
      disableStats: true,
      channelAuthorization: { customHandler: ask({ id, what: 'channel' }) },
      userAuthentication: { customHandler: ask({ id, what: 'user' }) },
      ...options,
    });
    clients[id] = pusher;
    pusher.connection.bind('state_change', ({ current }) => {
      say({ id, state: current, socketId: pusher.connection.socket_id });
    });
    pusher.connection.bind('error', (error) => {
      const found = (error && error.error) || error;
      say({ id, error: (found && found.data) || { message: String(found) } });
    });
    pusher.bind_global((event, data) => say({ id, global: event, data }));
    pusher.user.bind_global((event, data) => say({ id, user: event, data }));
    return pusher;
  }

  function subscribe({ id, channel }) {
    const found = clients[id].subscribe(channel);
    found.bind_global((event, data) => say({ id, channel, event, data: plain(data) }));
    // Only those who ask for an event by its name hear who sent it.
    found.bind('client-typing', (data, metadata) => say({ id, channel, typing: metadata }));
  }

  // `Members` has methods; what stands in them is what counts.
  function plain(data) {
    return data && data.members
      ? { count: data.count, me: data.me, members: data.members }
      : data === undefined
        ? null
        : data;
  }

  function openEcho(command) {
    const client = open(command);
    echoes[command.id] = new Echo({ broadcaster: 'pusher', key: command.key, client });
  }

  function listen({ id, kind, channel, event }) {
    const heard = (name) => (data) => say({ id, channel, event: name, data: plain(data) });
    const found = echoes[id][kind](channel);
    found.subscribed(() => say({ id, channel, event: 'subscribed', data: null }));
    found.error((error) => say({ id, channel, event: 'error', data: error }));
    if (kind === 'join') {
      found.here(heard('here')).joining(heard('joining')).leaving(heard('leaving'));
    }
    if (kind === 'private' || kind === 'join') {
      found.listenForWhisper('typing', heard('whisper'));
    }
    found.listen(`.${event}`, heard(event));
  }

  const actions = {
    open,
    subscribe,
    openEcho,
    listen,
    answer: ({ ask: number, error, data }) => asked[number](error ? new Error(error) : null, data),
    unsubscribe: ({ id, channel }) => clients[id].unsubscribe(channel),
    trigger: ({ id, channel, event, data }) => clients[id].channel(channel).trigger(event, data),
    signIn: ({ id }) => clients[id].signin(),
    whisper: ({ id, channel, data }) => echoes[id].private(channel).whisper('typing', data),
    leave: ({ id, channel }) => echoes[id].leave(channel),
    close: ({ id }) => clients[id].disconnect(),
    end: () => Object.values(clients).forEach((client) => client.disconnect()),
  };
  return { run: (command) => void actions[command.do](command) };
};
