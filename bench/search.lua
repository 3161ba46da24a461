-- A script for wrk: wrk … -- FILE [HEADER…]
-- wrk requests the paths in FILE, with headers such as "Accept-Encoding: gzip". The order is random, but the same in
-- each run. The last line of the output is JSON.

local requests, count = {}, 0

function init(args)
    math.randomseed(1)
    for i = 2, #args do
        local name, value = args[i]:match("^([^:]+): *(.*)$")
        wrk.headers[name] = value
    end
    for path in io.lines(args[1]) do
        count = count + 1
        requests[count] = wrk.format("GET", path)
    end
end

function request()
    return requests[math.random(count)]
end

-- Latencies are in microseconds. `refused` is the number of answers with an error status (from 400).
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"sent":%d,"seconds":%.6f,"bytes":%d,"p50_us":%.0f,"p99_us":%.0f,"refused":%d,"broken":%d}\n',
        summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
