-- Everything that one call publishes: all of it in one step of Redis, or none.
--
-- KEYS[1]  <prefix>:rate  HASH  left: messages the app may publish, at: when that was so (ms).
--                         It holds a second's messages; none: it is full. No key: nothing counts.
-- ARGV[1]  JSON: a list of commands, each a list of its words
-- ARGV[2]  how many messages that is        ARGV[3]  how many there may be in a second
-- Returns 0; otherwise nothing was done, and it may be tried in so many seconds.
local function take(bucket, messages, per_second)
  local t = redis.call('TIME')
  local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
  local known = redis.call('HMGET', bucket, 'left', 'at')
  local passed = math.max(now - tonumber(known[2] or now), 0)
  local left = math.min(tonumber(known[1] or per_second) + passed * per_second / 1000, per_second)
  if messages > left then return math.max(math.ceil((messages - left) / per_second), 1) end
  redis.call('HSET', bucket, 'left', string.format('%.3f', left - messages),
    'at', string.format('%.0f', now))
  redis.call('PEXPIRE', bucket, 1000)
  return 0
end

local wait_s = KEYS[1] and take(KEYS[1], tonumber(ARGV[2]), tonumber(ARGV[3])) or 0
if wait_s > 0 then return wait_s end
for _, command in ipairs(cjson.decode(ARGV[1])) do
  redis.call(unpack(command))
end
return 0
