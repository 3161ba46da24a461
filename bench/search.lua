-- wrk's requests, dealt from a file of paths in an order that is always the same; ends with a line of JSON.
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

-- Latencies in microseconds; of those with another status than 200 wrk counts no more than how many.
function done(summary, latency)
    local errors = summary.errors
    io.write(string.format(
        '{"sent":%d,"seconds":%.6f,"bytes":%d,"p50_us":%.0f,"p99_us":%.0f,"refused":%d,"broken":%d}\n',
        summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50), latency:percentile(99),
        errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
