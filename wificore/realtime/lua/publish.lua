-- Everything that one call publishes: all of it in one step of Redis.
--
-- ARGV[1]  JSON: a list of commands, each a list of its words
for _, command in ipairs(cjson.decode(ARGV[1])) do
  redis.call(unpack(command))
end
