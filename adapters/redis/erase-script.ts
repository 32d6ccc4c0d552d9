import { changeFragment } from "./conversation-change.ts";
import { mailboxKeyNames } from "./keys.ts";
import { arrivedFragment } from "./mailbox-picture-scripts.ts";
import { defineMailboxScript } from "./mailbox-scripts.ts";

/**
 * So long after an erasure it is known that there was one: longer than a call is repeated whose
 * answer got lost.
 */
export const keptAfterErasureMs = 60_000;

/**
 * Erases a conversation. Keys: those of the mailbox, all others but the marks of changes, then those
 * marks. Values: the turn that asks for it or empty, how long marks are kept, how many others there
 * are. Gives the numbers of turns, pictures, messages and replies, or nothing when that turn has ended.
 *
 * A turn that asks for it goes on: its messages, and all later ones, stay with its hold.
 */
export const eraseScript = defineMailboxScript(
    arrivedFragment,
    changeFragment,
    `
local turn, keptMs, firstMark = ARGV[1], tonumber(ARGV[2]), ${mailboxKeyNames.length + 1} + ARGV[3]
if turn ~= '' and redis.call('LINDEX', inbox, 0) ~= turn then return false end

local function count(hash, pattern)
    local found = 0
    for _, field in ipairs(redis.call('HKEYS', hash)) do
        if string.match(field, pattern) then found = found + 1 end
    end
    return found
end
local function fieldsOfReplies() return count(replies, '^reply:') + count(dead, '^reply:') end
local counts = { redis.call('LLEN', turns), count(images, '^[^:]*$'),
    turn == '' and redis.call('HLEN', messages) + redis.call('HLEN', damaged) or 0, fieldsOfReplies() }

-- Whoever repeats a change that was carried out before must not carry it out again.
for position = firstMark, #KEYS do
    if redis.call('PTTL', KEYS[position]) > keptMs then redis.call('PEXPIRE', KEYS[position], keptMs) end
end

redis.call('DEL', settings, outbox, dead, damaged)
for position = ${mailboxKeyNames.length + 1}, firstMark - 1 do redis.call('DEL', KEYS[position]) end
if turn ~= '' then
    forget()
    for _, field in ipairs(redis.call('HKEYS', replies)) do
        -- What is out of the turn's own answer may still have to be taken back.
        if field ~= 'journal:' .. turn then redis.call('HDEL', replies, field) end
    end
    return counts
end

local holder, fence = unpack(redis.call('HMGET', work, 'token', 'fence'))
redis.call('DEL', turns, images, pictures, inbox, messages, seenEven, seenOdd, work, replies, delivery)
if holder then
    -- What it has in hand must not come back: its fence is never given again.
    redis.call('HSET', work, 'fence', nextFence(fence))
    redis.call('PEXPIRE', work, keptMs)
end
return counts
`,
);
