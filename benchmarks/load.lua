-- Makes the requests of a slice for wrk. The settings come by the environment, so that no token stands in a command line.

local env = os.getenv
local secrets = tonumber(env('SECRETS'))
local version = '?api-version=' .. env('API_VERSION')
local headers = ' HTTP/1.1\r\nHost: ' .. env('HOST') .. '\r\nAuthorization: Bearer ' .. env('TOKEN') .. '\r\n'
math.randomseed(tonumber(env('SEED')))

local function ask(method, path, body)
  if body == nil then return method .. ' ' .. path .. headers .. '\r\n' end
  return method .. ' ' .. path .. headers .. 'Content-Type: application/json\r\nContent-Length: ' .. #body .. '\r\n\r\n' .. body
end

local function secret(number) return string.format('/secrets/secret-%06d', number) end
local function deleted(number) return string.format('/deletedsecrets/secret-%06d', number) end

local padding = string.rep('v', 190)
local function value() return string.format('{"value":"%s%010d"}', padding, math.random(0, 2147483646)) end

local function get() return ask('GET', secret(math.random(secrets)) .. version) end
local function set() return ask('PUT', secret(math.random(secrets)) .. version, value()) end

-- One request, the same each time.
local function fixed()
  local request = ask(env('METHOD'), env('TARGET'))
  return function() return request end
end

-- Nine gets in ten. The last of the names take turns in being deleted, recovered, deleted, purged and set again, each step
-- so much later than the one before it that no two requests for one name are under way at once.
local function mixed()
  local ring = math.min(500, math.floor(secrets / 4))
  local steady = secrets - ring
  local turns = {
    function(number) return ask('DELETE', secret(number) .. version) end,
    function(number) return ask('POST', deleted(number) .. '/recover' .. version) end,
    function(number) return ask('DELETE', secret(number) .. version) end,
    function(number) return ask('DELETE', deleted(number) .. version) end,
    function(number) return ask('PUT', secret(number) .. version, value()) end,
  }
  local step = 0
  return function()
    local name = secret(math.random(steady))
    local dice = math.random(1000)
    if dice <= 900 then return ask('GET', name .. version) end
    if dice <= 930 then return ask('PUT', name .. version, value()) end
    if dice <= 945 then return ask('PATCH', name .. version, '{"attributes":{"enabled":true},"tags":{"round":"' .. dice .. '"}}') end
    if dice <= 955 then return ask('GET', '/secrets' .. version) end
    if dice <= 965 then return ask('POST', name .. '/backup' .. version) end
    local turn = turns[math.floor(step / ring) % #turns + 1]
    local number = steady + step % ring + 1
    step = step + 1
    return turn(number)
  end
end

local kind = env('REQUESTS')
if kind == 'get' then request = get
elseif kind == 'set' then request = set
elseif kind == 'mixed' then request = mixed()
else request = fixed() end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"microseconds":%d,"requests":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
    summary.duration, summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
