import { defineMailboxScript, rememberMs } from "./mailbox-scripts.ts";

/** Lua: the turn that is being answered, and the holds of a delivery. Values begin fence, token. */
const deliveryFragment = `
local function runningWorker()
    local state = redis.call('HMGET', work, 'token', 'fence', 'committed', 'until', 'holder')
    local runs = state[1] and state[2] ~= state[3] and leftOf(state[4]) > 0
    return runs and state[5]
end

local function holds()
    local state = redis.call('HMGET', delivery, 'fence', 'token')
    return state[1] == ARGV[1] and state[2] == ARGV[2]
end

local function letGoOfHold()
    redis.call('HDEL', delivery, 'token', 'until', 'id', 'given')
    redis.call('PEXPIRE', delivery, ${rememberMs})
end
`;

/**
 * Values: token, lease. Gives `reply`, id, fence, reply, journal; or `pending`, id, fence, worker,
 * message, journal; or another status, and how long.
 */
export const claimDeliveryScript = defineMailboxScript(
    deliveryFragment,
    `
local token, lease = ARGV[1], tonumber(ARGV[2])
local state = redis.call('HMGET', delivery, 'token', 'fence', 'until', 'notBefore')
local mine, fence = state[1] == token, state[2]
if not mine then
    local left = leftOf(state[3])
    if left > 0 then return { 'held', left } end
end
local id, worker = redis.call('LINDEX', outbox, 0), false
if not id then
    worker = runningWorker()
    id = worker and redis.call('LINDEX', inbox, 0)
end
if not id then
    if mine then letGoOfHold() end
    return { 'nothing' }
end
if not mine then
    local pause = (tonumber(state[4]) or 0) - now
    if pause > 0 then return { 'later', pause } end
    fence = nextFence(fence)
end
redis.call('HSET', delivery, 'token', token, 'fence', fence, 'until', now + lease, 'id', id, 'given', worker and 0 or 1)
redis.call('HDEL', delivery, 'notBefore')
redis.call('PEXPIRE', delivery, ${rememberMs})

local journal = redis.call('HGET', replies, 'journal:' .. id)
if not worker then return { 'reply', id, fence, redis.call('HGET', replies, 'reply:' .. id), journal } end
local taken = tonumber(redis.call('HGET', work, 'taken')) or 1
return { 'pending', id, fence, worker, redis.call('LINDEX', inbox, math.max(0, taken - 1)) or id, journal }
`,
);

/** Values: fence, token, lease. */
export const renewDeliveryScript = defineMailboxScript(
    deliveryFragment,
    `
if not holds() then return 0 end
redis.call('HSET', delivery, 'until', now + tonumber(ARGV[3]))
return 1
`,
);

/** Values: fence, token, id. Gives `reply` and the reply, `running` and the worker, or a status. */
export const readReplyScript = defineMailboxScript(
    deliveryFragment,
    `
local id = ARGV[3]
if not holds() then return { 'lost' } end
local reply = redis.call('HGET', replies, 'reply:' .. id)
if reply then
    redis.call('HSET', delivery, 'id', id, 'given', 1)
    return { 'reply', reply }
end
if redis.call('LINDEX', inbox, 0) ~= id then return { 'gone' } end
local worker = runningWorker()
return worker and { 'running', worker } or { 'waiting' }
`,
);

/** Values: fence, token, id, journal. */
export const saveJournalScript = defineMailboxScript(
    deliveryFragment,
    `
local id = ARGV[3]
if not holds() then return 0 end
local open = redis.call('HEXISTS', replies, 'reply:' .. id) == 1 or redis.call('LINDEX', inbox, 0) == id
if not open then return 0 end
redis.call('HSET', replies, 'journal:' .. id, ARGV[4])
return 1
`,
);

/** Values: fence, token, id, `forget` or `dead` or empty, pause or empty, expiry. Gives the outbox's length. */
export const endDeliveryScript = defineMailboxScript(
    deliveryFragment,
    `
local id, how = ARGV[3], ARGV[4]
local function setAside()
    for _, field in ipairs({ 'reply:' .. id, 'journal:' .. id }) do
        local value = redis.call('HGET', replies, field)
        if value then redis.call('HSET', dead, field, value) end
    end
    -- What was set aside is forgotten no later than the conversation.
    redis.call('PEXPIRE', dead, ARGV[6])
end
if holds() then
    local state = redis.call('HMGET', delivery, 'id', 'given')
    local given = state[1] == id and state[2] == '1'
    if given and how == 'dead' then setAside() end
    if given and how ~= '' then
        redis.call('LREM', outbox, 1, id)
        redis.call('HDEL', replies, 'reply:' .. id, 'journal:' .. id)
    end
    if how == 'forget' then redis.call('HDEL', replies, 'journal:' .. id) end
    if how == '' then redis.call('HSET', delivery, 'notBefore', now + tonumber(ARGV[5])) end
    letGoOfHold()
end
return redis.call('LLEN', outbox)
`,
);

/** Values: fence, token. */
export const releaseDeliveryScript = defineMailboxScript(
    deliveryFragment,
    `
if holds() then letGoOfHold() end
return 1
`,
);

/** Values: id. */
export const resendDeadScript = defineMailboxScript(`
local id = ARGV[1]
local reply = redis.call('HGET', dead, 'reply:' .. id)
if not reply then return redis.call('HEXISTS', replies, 'reply:' .. id) end
redis.call('HSET', replies, 'reply:' .. id, now .. string.match(reply, '\\n.*$'))
local journal = redis.call('HGET', dead, 'journal:' .. id)
if journal then redis.call('HSET', replies, 'journal:' .. id, journal) end
redis.call('RPUSH', outbox, id)
redis.call('HDEL', dead, 'reply:' .. id, 'journal:' .. id)
return 1
`);

/** Values: id. Gives time of the commit, line feed, reply. */
export const readDeadScript = defineMailboxScript(`
return redis.call('HGET', dead, 'reply:' .. ARGV[1])
`);

/** Values: id. */
export const discardDeadScript = defineMailboxScript(`
redis.call('HDEL', dead, 'journal:' .. ARGV[1])
return redis.call('HDEL', dead, 'reply:' .. ARGV[1])
`);
