import { defineScript } from "./script.ts";

/** What {@link staleScript} gives: where to go on (`0`: the end), then fields and values in turn. */
export type StaleStep = readonly [next: Buffer, stale: readonly Buffer[]];

/**
 * Finds values that do not begin as they should. Keys: the list or hash. Values: `list` or `hash`,
 * where to go on, how many at once, form, beginning. A list's fields are empty.
 */
export const staleScript = defineScript(`
local kind, from, size, form, head = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]
local stale = {}

local function look(field, value)
    local body = 1
    if form == 'line' or (form == 'reply' and string.sub(field, 1, 6) == 'reply:') then
        local line = string.find(value, '\\n', 1, true)
        body = line and line + 1 or #value + 1
    elseif form == 'whole' and string.find(field, ':', 1, true) then
        return
    elseif form == 'key' and field ~= 'cacheKey' then
        return
    end
    if body > #value or string.sub(value, body, body + #head - 1) == head then return end
    stale[#stale + 1] = field
    stale[#stale + 1] = value
end

if kind == 'list' then
    local first = tonumber(from)
    local values = redis.call('LRANGE', KEYS[1], first, first + size - 1)
    for _, value in ipairs(values) do look('', value) end
    return { #values < size and '0' or tostring(first + size), stale }
end
local found = redis.call('HSCAN', KEYS[1], from, 'COUNT', size)
for position = 1, #found[2], 2 do look(found[2][position], found[2][position + 1]) end
return { found[1], stale }
`);

/**
 * Replaces a value if it is still what it was. Keys: the list or hash. Values: `list` or `hash`,
 * field, former value, new value.
 */
export const replaceScript = defineScript(`
if ARGV[1] == 'hash' then
    if redis.call('HGET', KEYS[1], ARGV[2]) ~= ARGV[3] then return 0 end
    redis.call('HSET', KEYS[1], ARGV[2], ARGV[4])
    return 1
end
local position = redis.call('LPOS', KEYS[1], ARGV[3])
if not position then return 0 end
redis.call('LSET', KEYS[1], position, ARGV[4])
return 1
`);
