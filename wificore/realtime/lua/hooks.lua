-- What one app's webhook is to be told, taken by one process at a time.
--
-- KEYS[1]  <prefix>:hooks      LIST  told by lua/state.lua
-- KEYS[2]  <prefix>:sending    LIST  the batch under way; it stays until it has arrived
-- KEYS[3]  <prefix>:sender     HASH  failures, since (ms), again_at (ms)
-- KEYS[4]  <prefix>:sender-lease     whose turn it is
-- KEYS[5]  wificore:rt:public:hooks  SET of apps that have something
-- ARGV     step, whose (node), the app's tag in the set, then the step's own
local waiting, sending, sender, lease, apps = unpack(KEYS)
local step, node, tag = ARGV[1], ARGV[2], ARGV[3]
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)

local function let_go()
  if redis.call('GET', lease) == node then redis.call('DEL', lease) end
  if redis.call('EXISTS', waiting, sending) == 0 then redis.call('SREM', apps, tag) end
end

-- A batch, the old one first; nothing if it is not time yet, or another process has it.
local function take(most, lease_ms)
  if tonumber(redis.call('HGET', sender, 'again_at') or '0') > now then return {} end
  if not redis.call('SET', lease, node, 'NX', 'PX', lease_ms) then return {} end
  if redis.call('EXISTS', sending) == 0 then
    for _, text in ipairs(redis.call('LRANGE', waiting, 0, most - 1)) do
      redis.call('RPUSH', sending, text)
    end
    redis.call('LTRIM', waiting, most, -1)
  end
  local batch = redis.call('LRANGE', sending, 0, -1)
  if #batch == 0 then let_go() end
  return batch
end

-- It arrived, or is given up.
local function done()
  redis.call('DEL', sending, sender)
  let_go()
end

-- It did not arrive: how long it has been tried, in ms; 0 when it is given up now.
local function failed(first_ms, longest_ms, whole_ms)
  local since = tonumber(redis.call('HGET', sender, 'since') or now)
  if now - since > whole_ms then
    done()
    return 0
  end
  local failures = redis.call('HINCRBY', sender, 'failures', 1)
  local pause = math.min(first_ms * 2 ^ math.min(failures - 1, 20), longest_ms)
  redis.call('HSET', sender, 'since', string.format('%.0f', since),
    'again_at', string.format('%.0f', now + pause))
  redis.call('PEXPIRE', sender, whole_ms + longest_ms)
  let_go()
  return math.max(now - since, 1)
end

if step == 'take' then return take(tonumber(ARGV[4]), tonumber(ARGV[5])) end
if step == 'done' then return done() end
if step == 'failed' then
  return failed(tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]))
end
if step == 'drop' then
  redis.call('DEL', waiting)
  return done()
end
return redis.error_reply('no step ' .. step)
