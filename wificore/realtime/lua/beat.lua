-- A node's sign of life; nodes without one are set aside as dead, once.
--
-- KEYS  wificore:rt:public:nodes  ZSET  node -> milliseconds of its last sign
--       wificore:rt:public:dead   SET   nodes whose things somebody has to take away
-- ARGV  node, lease in ms, "new" | "again" | "gone", "1" to look for dead nodes
-- Returns 1 or 0 (this node was given up meanwhile: it must start anew), then the dead.
local nodes, dead = KEYS[1], KEYS[2]
local node, lease, how, look = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4] == '1'
local t = redis.call('TIME')
local now = tonumber(t[1]) * 1000 + math.floor(tonumber(t[2]) / 1000)
local known = redis.call('ZSCORE', nodes, node) and 1 or 0

local function bury(which)
  redis.call('ZREM', nodes, which)
  redis.call('SADD', dead, which)
end

if how == 'gone' then
  bury(node)
elseif known == 1 or how == 'new' then
  redis.call('ZADD', nodes, now, node)
  known = 1
end
if look then
  for _, which in ipairs(redis.call('ZRANGEBYSCORE', nodes, '-inf', now - lease)) do bury(which) end
end
return { known, unpack(redis.call('SMEMBERS', dead)) }
