-- wrk sends requests for the paths in a file, in an order that is random but always the same. It prints its result as a last line of JSON.
-- wrk … -- FILE

local requests, count = {}, 0

function init(args)
    math.randomseed(1)
    for path in io.lines(args[1]) do
        count = count + 1
        requests[count] = wrk.format("GET", path)
    end
end

function request()
    return requests[math.random(count)]
end

-- Latencies are in microseconds. For answers with a status other than 200, wrk only counts how many there were.
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"sent":%d,"seconds":%.6f,"bytes":%d,"p50_us":%.0f,"p99_us":%.0f,"refused":%d,"broken":%d}\n',
        summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
