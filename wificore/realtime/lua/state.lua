-- Everything that several processes decide together, one step of Redis at a time.
--
-- KEYS[1]  wificore:rt:<schema>:<app_id>                  KEYS[2]  wificore:rt:public:hooks
-- ARGV     step, node, wanted hooks, schema, app_id, then the step's own
--
-- <prefix>:channels          HASH  channel -> subscriptions, over all nodes
-- <prefix>:connections       HASH  node -> sockets
-- <prefix>:node:<node>       HASH  what this node holds: "c <channel>" -> subscriptions,
--                                  "m <channel> <user>" -> 1
-- <prefix>:members:<channel> HASH  user -> member's JSON
-- <prefix>:holders:<channel> HASH  user -> nodes that hold the user
-- <prefix>:hooks             LIST  what the app's webhook is to be told
--
-- Every step is safe to repeat: a node's own hash says what counts for it already.
local prefix, step, node, wanted = KEYS[1], ARGV[1], ARGV[2], ARGV[3]
local schema, app_id = ARGV[4], ARGV[5]
local mine = prefix .. ':node:' .. node
local KEPT_HOOKS, CHUNK = 10000, 500

-- Microseconds of Redis' own clock: orders what different nodes did.
local function version()
  local t = redis.call('TIME')
  return string.format('%.0f', tonumber(t[1]) * 1000000 + tonumber(t[2]))
end

local function keep_hook(name, text)
  if not string.find(wanted, name, 1, true) then return end
  redis.call('RPUSH', prefix .. ':hooks', text)
  redis.call('LTRIM', prefix .. ':hooks', -KEPT_HOOKS, -1)
  redis.call('SADD', KEYS[2], schema .. ' ' .. app_id)
end

local function hook(fields)
  local t = redis.call('TIME')
  fields.t = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
  keep_hook(fields.name, cjson.encode(fields))
end

local function tell(action, channel, user, member, v)
  redis.call('PUBLISH', 'rt:' .. app_id, cjson.encode({
    k = 'member', action = action, channel = channel, user_id = user, member = member, v = v
  }))
  hook({ name = 'member_' .. action, channel = channel, user_id = user })
end

local function count(channel, n)
  local old = tonumber(redis.call('HGET', mine, 'c ' .. channel) or '0')
  if n == old then return end
  if n == 0 then
    redis.call('HDEL', mine, 'c ' .. channel)
  else
    redis.call('HSET', mine, 'c ' .. channel, n)
  end
  local total = redis.call('HINCRBY', prefix .. ':channels', channel, n - old)
  if total <= 0 then
    redis.call('HDEL', prefix .. ':channels', channel)
    hook({ name = 'channel_vacated', channel = channel })
  elseif total == n - old then
    hook({ name = 'channel_occupied', channel = channel })
  end
end

-- {1, version, member, everybody or nil}, or {0} when the channel is full.
local function join(channel, user, member, most, everybody)
  local members, holders = prefix .. ':members:' .. channel, prefix .. ':holders:' .. channel
  local v = version()
  if redis.call('HEXISTS', mine, 'm ' .. channel .. ' ' .. user) == 0 then
    if redis.call('HEXISTS', members, user) == 0 then
      if redis.call('HLEN', members) >= most then return { 0 } end
      redis.call('HSET', members, user, member)
      tell('added', channel, user, member, v)
    end
    redis.call('HSET', mine, 'm ' .. channel .. ' ' .. user, 1)
    redis.call('HINCRBY', holders, user, 1)
  end
  local all = everybody and redis.call('HGETALL', members) or {}
  return { 1, v, redis.call('HGET', members, user), all }
end

local function leave(channel, user)
  local members, holders = prefix .. ':members:' .. channel, prefix .. ':holders:' .. channel
  if redis.call('HDEL', mine, 'm ' .. channel .. ' ' .. user) == 0 then return end
  if redis.call('HINCRBY', holders, user, -1) > 0 then return end
  redis.call('HDEL', holders, user)
  redis.call('HDEL', members, user)
  tell('removed', channel, user, nil, version())
end

-- Take a node's things away, some at a time; how many are left.
local function forget()
  for place, field in ipairs(redis.call('HKEYS', mine)) do
    if place > CHUNK then break end
    local channel, user = string.match(field, '^m (%S+) (.*)$')
    if channel then leave(channel, user) else count(string.sub(field, 3), 0) end
  end
  redis.call('HDEL', prefix .. ':connections', node)
  return redis.call('HLEN', mine)
end

-- 1, or 0 when the app has as many sockets as it may.
local function connect(most)
  local total = 0
  for _, n in ipairs(redis.call('HVALS', prefix .. ':connections')) do total = total + n end
  if total >= most then return 0 end
  redis.call('HINCRBY', prefix .. ':connections', node, 1)
  return 1
end

local function disconnect()
  if redis.call('HINCRBY', prefix .. ':connections', node, -1) <= 0 then
    redis.call('HDEL', prefix .. ':connections', node)
  end
end

-- How many sockets this node has now.
local function connected(n)
  if n > 0 then
    redis.call('HSET', prefix .. ':connections', node, n)
  else
    redis.call('HDEL', prefix .. ':connections', node)
  end
end

if step == 'count' then return count(ARGV[6], tonumber(ARGV[7])) end
if step == 'join' then
  return join(ARGV[6], ARGV[7], ARGV[8], tonumber(ARGV[9]), ARGV[10] == '1')
end
if step == 'leave' then return leave(ARGV[6], ARGV[7]) end
if step == 'forget' then return forget() end
if step == 'connect' then return connect(tonumber(ARGV[6])) end
if step == 'disconnect' then return disconnect() end
if step == 'connected' then return connected(tonumber(ARGV[6])) end
if step == 'hook' then return keep_hook(ARGV[6], ARGV[7]) end
return redis.error_reply('no step ' .. step)
