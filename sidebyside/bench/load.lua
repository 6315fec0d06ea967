-- The request that wrk sends: the first argument is its file, the second the number of requests in one write.
-- If the file contains {n}, each request gets another number there; if not, building the request costs no time.

local MARK = "{n}"

local function read(name)
   local file = assert(io.open(name, "rb"))
   local octets = file:read("*a")
   file:close()
   return octets
end

local function split(octets)
   local parts, start = {}, 1
   local from, to = octets:find(MARK, start, true)
   while from do
      parts[#parts + 1] = octets:sub(start, from - 1)
      start = to + 1
      from, to = octets:find(MARK, start, true)
   end
   parts[#parts + 1] = octets:sub(start)
   return parts
end

function wrk.init(arguments)
   local octets = read(arguments[1]):rep(tonumber(arguments[2]))
   local parts, number = split(octets), 0
   wrk.request = function() return octets end
   if #parts > 1 then
      function request()  -- wrk calls it for each request, if it exists
         number = number + 1
         return table.concat(parts, tostring(number))
      end
   end
end

function done(summary, latency)
   local errors = summary.errors
   io.write(string.format(
      '{"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "connect": %d, "read": %d, "write": %d, '
         .. '"status": %d, "timeout": %d}\n',
      summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
      errors.connect, errors.read, errors.write, errors.status, errors.timeout))
end
