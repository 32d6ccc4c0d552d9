import { pictureFragment } from "./conversation-change.ts";
import { defineMailboxScript, rememberMs, workFragment } from "./mailbox-scripts.ts";

/** Lua: `forgetPictures(id)` of a message. */
export const arrivedFragment = `
${pictureFragment}
local function forgetPictures(id)
    for picture in picturesOf(redis.call('HGET', pictures, id) or '') do
        letGo(picture, 'waiting')
    end
    redis.call('HDEL', pictures, id)
end
`;

/** Values: id. Gives the message if its files are due. */
export const waitingMessageScript = defineMailboxScript(`
return redis.call('HGET', pictures, ARGV[1]) == '' and redis.call('HGET', messages, ARGV[1])
`);

/**
 * Values: id, name of its files, ids of its pictures, what became of the files, then for each
 * picture its id and its bytes. Gives ripeness and whether files are due.
 */
export const putPicturesScript = defineMailboxScript(
    workFragment,
    arrivedFragment,
    `
local id, files, ids, arrived = unpack(ARGV, 1, 4)
local function count(text) return select(2, string.gsub(text, '%S+', '')) end
local function wanted()
    local stored, before = redis.call('HGET', messages, id), redis.call('HGET', pictures, id)
    if not stored or not before or string.match(stored, '^%d+ (%x*)') ~= files then return false end
    return before == '' or count(ids) > count(string.match(before, '^[^\\n]*'))
end
if wanted() then
    -- In this order a picture that comes again is never without a holder.
    for picture in string.gmatch(ids, '%S+') do redis.call('HINCRBY', images, picture .. ':waiting', 1) end
    forgetPictures(id)
    for position = 5, #ARGV, 2 do
        local picture = ARGV[position]
        if redis.call('HEXISTS', images, picture .. ':waiting') == 1 then
            redis.call('HSET', images, picture, ARGV[position + 1])
        end
    end
    redis.call('HSET', pictures, id, ids .. '\\n' .. arrived)
    redis.call('PERSIST', images)
    redis.call('HSET', work, 'news', 1)
    redis.call('HDEL', work, 'notBefore')
    redis.call('PEXPIRE', work, ${rememberMs})
end
return { ripeness(), redis.call('HGET', pictures, id) == '' and 1 or 0 }
`,
);
