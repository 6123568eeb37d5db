-- What a process counted since its last report, added to what all have counted, and how it stands.
--
-- KEYS  wificore:rt:public:counters        HASH  sample -> sum over all processes, dead ones too
--       wificore:rt:public:gauges:<node>   HASH  sample -> value; gone with its process
-- ARGV  milliseconds that the gauges hold, how many counters, then sample and value in turn
local counters, gauges = KEYS[1], KEYS[2]
for place = 3, 2 + 2 * tonumber(ARGV[2]), 2 do
  redis.call('HINCRBYFLOAT', counters, ARGV[place], ARGV[place + 1])
end
for place = 3 + 2 * tonumber(ARGV[2]), #ARGV, 2 do
  redis.call('HSET', gauges, ARGV[place], ARGV[place + 1])
end
redis.call('PEXPIRE', gauges, ARGV[1])
