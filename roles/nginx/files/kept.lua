-- Makes sure that nginx gives a kept answer only if its file is as nginx has written it, and keeps answers only while
-- the disk has room. nginx itself checks neither the length nor the content of a kept file. If the disk is full, nginx
-- breaks the answer that it wants to keep.
--
-- The checksum of each file is noted when nginx has written it. Before nginx looks for an answer, the metadata of its
-- file are compared with those of the last check. If they differ, the checksum is computed again. A damaged file is
-- removed, so that nginx asks a node.
local bit = require "bit"
local ffi = require "ffi"

ffi.cdef [[
    struct kept_time { int64_t seconds; uint32_t nanoseconds; int32_t unused; };
    struct kept_statx {
        uint32_t mask, blksize; uint64_t attributes; uint32_t nlink, uid, gid; uint16_t mode, unused;
        uint64_t ino, size, blocks, attributes_mask;
        struct kept_time atime, btime, ctime, mtime;
        uint64_t rest[16];
    };
    struct kept_statvfs { unsigned long bsize, frsize, blocks, bfree, bavail, files, ffree, favail, rest[16]; };
    union kept_times { uint8_t bytes[24]; int64_t seconds[3]; };
    int statx(int folder, const char *path, int flags, unsigned int mask, struct kept_statx *found);
    int statvfs(const char *path, struct kept_statvfs *room);
    uint64_t XXH3_64bits(const void *data, size_t length);
]]
local xxhash = ffi.load("libxxhash.so.0")
local found, room, times = ffi.new("struct kept_statx"), ffi.new("struct kept_statvfs"), ffi.new("union kept_times")
local AT_FDCWD, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS = -100, 0x100, 0x7ff

-- nginx writes a header before each kept answer (ngx_http_file_cache_header_t). It begins with the fields version,
-- valid_sec, updating_sec, error_sec, last_modified and date, of eight bytes each. nginx changes them when it has asked
-- whether the answer still holds, so the checksum begins after them.
local TIMES_END = 48
local LEAST_INODES = 1000

local notes = ngx.shared.kept_notes
local kept = {}

-- folder: the folder of the cache. least_room: the bytes that must be free on its disk, so that nginx keeps an answer.
function kept.configure(folder, least_room)
    kept.folder, kept.least_room = folder, least_room
end

local function path_of(key)
    local name = ngx.md5(key)
    return kept.folder .. "/" .. name:sub(-1) .. "/" .. name:sub(-3, -2) .. "/" .. name
end

local function has_room()
    return ffi.C.statvfs(kept.folder, room) == 0 and room.bavail * room.frsize >= kept.least_room
        and (room.files == 0 or room.favail >= LEAST_INODES)
end

-- Returns what changes whenever the file is written, or nil if there is no file.
local function metadata(path)
    if ffi.C.statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, found) ~= 0 then
        return nil
    end
    return string.format("%s %s %s.%d", found.ino, found.size, found.ctime.seconds, found.ctime.nanoseconds)
end

-- Returns the checksum of the file, or nil if nginx can't have written the file.
local function checksum(path)
    local file = io.open(path, "rb")
    if not file then
        return nil
    end
    local content = file:read("*a")
    file:close()
    if not content or #content <= TIMES_END then
        return nil
    end
    -- No answer may be given without asking after the current second (valid_sec), nor while nginx asks (updating_sec),
    -- nor after an error (error_sec).
    ffi.copy(times.bytes, content:sub(9, 32), 24)
    if times.seconds[0] > ngx.time() or times.seconds[1] ~= 0 or times.seconds[2] ~= 0 then
        return nil
    end
    local sum = xxhash.XXH3_64bits(ffi.cast("const char *", content) + TIMES_END, #content - TIMES_END)
    return bit.tohex(sum)
end

-- Notes the file of an answer that nginx has just kept.
function kept.note()
    local path = path_of(ngx.var.kept_key)
    local is = ngx.var.upstream_http_x_accel_expires and metadata(path)
    local sum = is and checksum(path)
    if sum then
        notes:set(path, is .. "=" .. sum)
    end
end

-- Removes the file of the answer that nginx is about to look for, if the file is damaged.
function kept.check()
    -- If-Modified-Since counts only without If-None-Match (RFC 9110, 13.1.3). nginx would let it prevent a 304.
    if ngx.var.http_if_none_match then
        ngx.req.clear_header("If-Modified-Since")
    end
    if not has_room() then
        ngx.var.kept_full = "1"
    end
    local path = path_of(ngx.var.kept_key)
    local is = metadata(path)
    local was, sum = (notes:get(path) or ""):match("^(.*)=(.*)$")
    if not is or is == was then
        return
    end
    local now = checksum(path)
    -- A file with another inode is a newer answer.
    local newer = not was or was:match("^%S+") ~= is:match("^%S+")
    if now and (newer or now == sum) then
        notes:set(path, is .. "=" .. now)
    else
        os.remove(path)
        notes:delete(path)
        -- A message of ngx.log would contain the query, and with it people's names.
        io.stderr:write("removed a damaged answer: ", path, "\n")
    end
end

return kept
