-- A node's 503 says only that its own try did nothing. If an earlier try of the same write may have been done, nginx
-- answers 504. So no client takes a stored write for a refused one.
local unknown = {}

local function each(list)
    return string.gmatch(list or "", "[^, :]+")
end

-- A try may have been done if a node took it, and didn't answer that nothing was done.
local function earlier_try_may_be_done()
    local statuses, may_be = {}, false
    for status in each(ngx.var.upstream_status) do
        table.insert(statuses, status)
    end
    local try = 0
    for connected in each(ngx.var.upstream_connect_time) do
        try = try + 1
        if try < #statuses and connected ~= "-" and statuses[try] ~= "503" then
            may_be = true
        end
    end
    return may_be
end

function unknown.status()
    if ngx.status == 503 and earlier_try_may_be_done() then
        ngx.status = 504
        ngx.header.content_length = nil
        ngx.ctx.body = '{"message":"It is not known whether the request was done: a node took it and gave no clear '
            .. 'answer.",'
            .. '"request_id":"' .. ngx.var.request_id .. '","code":504}'
    end
end

function unknown.body()
    if ngx.ctx.body then
        ngx.arg[1] = ngx.ctx.body
        ngx.ctx.body = ""
    end
end

return unknown
