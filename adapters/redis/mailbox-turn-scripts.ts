import { changeFragment } from "./conversation-change.ts";
import { settingFields } from "./conversation-settings.ts";
import { arrivedFragment } from "./mailbox-picture-scripts.ts";
import { defineMailboxScript, rememberMs, workFragment } from "./mailbox-scripts.ts";

/** How many messages one claim hands out: bounds how long a script can hold up the server. */
const mostMessages = 1_000;

/** Lua: what settling a message takes; needs the fragment of arrived pictures. */
const settleFragment = `
local function settle(id)
    redis.call('HDEL', messages, id)
    forgetPictures(id)
end

-- Pictures that outlasted the conversation for their messages' sake get its expiry back.
local function endWaiting(expiry)
    if redis.call('EXISTS', pictures) == 0 and redis.call('PTTL', images) == -1 then
        redis.call('PEXPIRE', images, expiry)
    end
end

-- A turn without a reply of which something may be out already.
local function takeBack(turn)
    if redis.call('HEXISTS', replies, 'journal:' .. turn) == 0 then return end
    redis.call('HSET', replies, 'reply:' .. turn, now .. '\\n')
    redis.call('RPUSH', outbox, turn)
end
`;

/**
 * Values: id, message, name of its files, quiet and longest time, then `1` or empty each: urgent,
 * edit, stop, alarm, and last the message's fingerprints. Gives the outcome, ripeness, whether files are due, interruption, fence.
 */
export const acceptScript = defineMailboxScript(
    workFragment,
    arrivedFragment,
    `
local id, message, files, quiet, longest = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local urgent, edit, stop, alarm = ARGV[6] == '1', ARGV[7] == '1', ARGV[8] == '1', ARGV[9] == '1'
local fingerprints = ARGV[10]
local fingerprint = string.match(fingerprints, '^%x*')
local fence = openFence()
local arrived = false

-- Two sets take turns, each for a week, and last until the end of the other's.
local week = math.floor(now / ${rememberMs})
local seenNow, seenBefore = seenEven, seenOdd
if week % 2 == 1 then seenNow, seenBefore = seenOdd, seenEven end

local function interrupt(how)
    if fence and redis.call('HGET', work, 'interrupt') ~= 'stopped' then
        redis.call('HSET', work, 'interrupt', how)
    end
end

local function store()
    redis.call('SADD', seenNow, id)
    redis.call('PEXPIREAT', seenNow, (week + 2) * ${rememberMs})
    redis.call('RPUSH', inbox, id)
    redis.call('HSET', messages, id, now .. ' ' .. files .. ' ' .. fingerprint .. '\\n' .. message)
    if files ~= '' then redis.call('HSET', pictures, id, '') end
    arrived = true
end

local function replace(stored)
    local acceptedAt, storedFiles, storedFingerprint = string.match(stored, '^(%d+) (%x*) ?(%x*)\\n')
    -- A repeated edit must not interrupt the turn that has it already.
    if storedFingerprint and storedFingerprint ~= '' and string.find(fingerprints, storedFingerprint, 1, true) then return end
    redis.call('HSET', messages, id, (acceptedAt or now) .. ' ' .. files .. ' ' .. fingerprint .. '\\n' .. message)
    if storedFiles ~= files then
        forgetPictures(id)
        if files ~= '' then redis.call('HSET', pictures, id, '') end
    end
    local position = redis.call('LPOS', inbox, id)
    if position and position < (tonumber(redis.call('HGET', work, 'taken')) or 0) then interrupt('changed') end
    arrived = true
end

local function ripen()
    if urgent then
        redis.call('HSET', work, 'urgent', 1)
        return
    end
    local state = redis.call('HMGET', work, 'firstAt', 'ripeAt')
    local firstAt = tonumber(state[1]) or now
    local ripeAt = math.min(now + quiet, firstAt + longest)
    redis.call('HSET', work, 'firstAt', firstAt, 'ripeAt', math.max(tonumber(state[2]) or 0, ripeAt))
end

local stored = redis.call('HGET', messages, id)
local outcome = 'accepted'
if edit then
    outcome = stored and 'replaced' or 'late'
    if stored then replace(stored) end
elseif stored or redis.call('SISMEMBER', seenNow, id) == 1 or redis.call('SISMEMBER', seenBefore, id) == 1 then
    outcome = 'duplicate'
else
    store()
end
if arrived then
    ripen()
    if stop then interrupt('stopped') end
    if alarm then redis.call('HSET', work, 'alarm', 1) end
    redis.call('PEXPIRE', work, ${rememberMs})
end
local due = redis.call('HGET', pictures, id) == '' and 1 or 0
return { outcome, ripeness(), due, fence and redis.call('HGET', work, 'interrupt') or '', fence or '' }
`,
);

/**
 * Values: token, worker, lease, known version or empty, most turns. Gives `claimed`, fence, deaths,
 * `1` when it was taken from another holder, version, messages, and, unless the version is known,
 * turns and settings.
 */
export const claimScript = defineMailboxScript(
    workFragment,
    `
local token, worker, lease, known = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4]
local state = redis.call('HMGET', work, 'token', 'fence', 'committed', 'until', 'claims', 'alarm')
local fence, claims = state[2], tonumber(state[5]) or 0
local mine = state[1] == token and fence ~= state[3]
local ripe = ripeness()
local tookOver = 0
if not mine then
    local left = leftOf(state[4])
    if left > 0 and not state[6] then return { 'held', left } end
    if ripe[1] == 0 then return { 'empty' } end
    if ripe[2] > 0 then return { 'unripe', ripe[2] } end
    fence = nextFence(fence)
    -- Whoever is interrupted by an alarm has not died of the turn.
    if left > 0 and state[2] ~= state[3] then tookOver = 1 else claims = claims + 1 end
end

local version = redis.call('HGET', settings, 'version') or ''
local ids = redis.call('LRANGE', inbox, 0, ${mostMessages - 1})
redis.call('HSET', work, 'token', token, 'holder', worker, 'fence', fence, 'until', now + lease,
    'claims', claims, 'taken', #ids, 'version', version)
redis.call('HDEL', work, 'interrupt', 'firstAt', 'ripeAt', 'urgent', 'alarm', 'news', 'notBefore')
redis.call('PEXPIRE', work, ${rememberMs})

local taken = {}
for position, id in ipairs(ids) do
    taken[position] = { id, redis.call('HGET', messages, id), redis.call('HGET', pictures, id) }
end
if version ~= '' and version == known then
    return { 'claimed', fence, claims - 1, tookOver, version, taken }
end
return { 'claimed', fence, claims - 1, tookOver, version, taken,
    redis.call('LRANGE', turns, -tonumber(ARGV[5]), -1), redis.call('HMGET', settings, ${settingFields}) }
`,
);

/** Values: fence, token, lease. Gives `held`, `lost`, or the interruption. */
export const renewScript = defineMailboxScript(`
local state = redis.call('HMGET', work, 'fence', 'token', 'interrupt')
if state[1] ~= ARGV[1] or state[2] ~= ARGV[2] then return 'lost' end
redis.call('HSET', work, 'until', now + tonumber(ARGV[3]))
return state[3] or 'held'
`);

/**
 * Values: fence, number of messages, turn, reply or empty, expiry, `1` without a model, the turn
 * whose answer is taken back or empty, then those of the change, if there is one. Gives `lost`, or `committed` and the version, empty where the
 * copy is worth nothing.
 */
export const commitScript = defineMailboxScript(
    arrivedFragment,
    changeFragment,
    settleFragment,
    `
local fence, count, turn, reply, expiry, withoutModel, former = unpack(ARGV, 1, 7)
local state = redis.call('HMGET', work, 'fence', 'committed', 'after', 'version', 'holder', 'taken')
if state[1] ~= fence then return { 'lost' } end
if state[2] == fence then return { 'committed', state[3] } end
if redis.call('HGET', work, 'interrupt') == 'changed' then return { 'changed' } end

local before = redis.call('HGET', settings, 'version') or ''
local after = before
if ARGV[8] then after = applyChange(8) end
if ARGV[10] == 'reset' then redis.call('DEL', dead, damaged) end
if before ~= state[4] then after = '' end

-- What came after the claim was never seen by this turn.
count = math.min(tonumber(count), tonumber(state[6]) or tonumber(count))
for _, id in ipairs(count > 0 and redis.call('LPOP', inbox, count) or {}) do settle(id) end
endWaiting(expiry)
if former ~= '' then takeBack(former) end
if reply == '' then
    takeBack(turn)
else
    redis.call('HSET', replies, 'reply:' .. turn, now .. '\\n' .. reply)
    -- What is urgent overtakes what is put off.
    redis.call(former == '' and 'RPUSH' or 'LPUSH', outbox, turn)
    if former ~= '' then redis.call('HDEL', delivery, 'notBefore') end
end
redis.call('HSET', work, 'committed', fence, 'after', after, 'claims', 0, 'taken', 0)
if withoutModel ~= '1' then redis.call('HSET', work, 'worker', state[5] or '') end
redis.call('HDEL', work, 'interrupt')
redis.call('PEXPIRE', work, ${rememberMs})
return { 'committed', after }
`,
);

/** Values: fence, expiry, turn, then the ids of messages that nobody can read. */
export const discardScript = defineMailboxScript(
    arrivedFragment,
    settleFragment,
    `
if redis.call('HGET', work, 'fence') ~= ARGV[1] then return 0 end
for position = 4, #ARGV do
    local id = ARGV[position]
    redis.call('HSET', damaged, id, redis.call('HGET', messages, id) or '')
    if redis.call('LREM', inbox, 1, id) > 0 then redis.call('HINCRBY', work, 'taken', -1) end
    settle(id)
    if id == ARGV[3] then takeBack(id) end
end
endWaiting(ARGV[2])
redis.call('PEXPIRE', damaged, ${rememberMs})
return 1
`,
);

/** Values: fence, token, `1` for a death, time to the next attempt or empty. Gives ripeness. */
export const releaseScript = defineMailboxScript(
    workFragment,
    `
local state = redis.call('HMGET', work, 'fence', 'token', 'committed', 'claims', 'news')
if state[1] == ARGV[1] and state[2] == ARGV[2] then
    redis.call('HDEL', work, 'token', 'until', 'holder', 'taken', 'version', 'interrupt')
    if ARGV[3] ~= '1' and state[3] ~= state[1] then
        redis.call('HSET', work, 'claims', math.max(0, (tonumber(state[4]) or 0) - 1))
    end
    if ARGV[4] ~= '' and not state[5] then
        redis.call('HSET', work, 'notBefore', now + tonumber(ARGV[4]))
    end
    redis.call('PEXPIRE', work, ${rememberMs})
end
return ripeness()
`,
);

/** Gives ripeness. */
export const ripenessScript = defineMailboxScript(workFragment, "return ripeness()");
