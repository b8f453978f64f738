-- For wrk: always the same request, spread over the ports in PORTS thread by thread; at the end one line that says what came of it.
wrk.method = os.getenv("METHOD")
wrk.body = os.getenv("BODY")
wrk.headers["Content-Type"] = os.getenv("CONTENT_TYPE")

local addresses = {}
local started = 0

function setup(thread)
    if #addresses == 0 then
        for port in string.gmatch(os.getenv("PORTS"), "%d+") do
            table.insert(addresses, wrk.lookup("127.0.0.1", port)[1])
        end
    end
    thread.addr = addresses[started % #addresses + 1]
    started = started + 1
end

function done(summary, latency, requests)
    local failed = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout
    io.write(string.format("RESULT %d %d %d %d %d\n", summary.requests, summary.duration, failed, latency:percentile(50), latency:percentile(99)))
end
