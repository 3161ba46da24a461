-- Guards the answers that nginx keeps:
-- * nginx gives no answer from a file that was damaged after nginx had written it. nginx itself checks neither the
--   file's length nor its content. This script notes the checksum of each file. If the file's metadata have changed
--   since the last check, the checksum is compared. A damaged file is removed, so that nginx asks a node.
-- * nginx keeps answers only while their disk has room and can be written. Otherwise it would break off the answer that
--   it can't keep.
-- * Of the requests for the same answer, one at a time asks a node. The others wait for the answer, at most a second.
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
    struct kept_statvfs {
        unsigned long bsize, frsize, blocks, bfree, bavail, files, ffree, favail, fsid, flag, namemax, rest[8];
    };
    int statx(int folder, const char *path, int flags, unsigned int mask, struct kept_statx *found);
    int statvfs(const char *path, struct kept_statvfs *room);
    int access(const char *path, int mode);
    int open(const char *path, int flags, ...);
    long read(int file, void *buffer, size_t length);
    int close(int file);
    struct XXH3_state_s *XXH3_createState(void);
    int XXH3_64bits_reset(struct XXH3_state_s *state);
    int XXH3_64bits_update(struct XXH3_state_s *state, const void *data, size_t length);
    uint64_t XXH3_64bits_digest(const struct XXH3_state_s *state);
]]
local xxhash = ffi.load("libxxhash.so.0")
local found, room = ffi.new("struct kept_statx"), ffi.new("struct kept_statvfs")
-- Files are read piece by piece. A string of a whole answer would need new memory for each check.
local PIECE = 65536
local piece, state = ffi.new("uint8_t[?]", PIECE), xxhash.XXH3_createState()
local AT_FDCWD, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, ST_RDONLY = -100, 0x100, 0x7ff, 1
local READ_WRITE_SEARCH, ENOENT = 7, 2
local READ_ONLY_CLOEXEC = 0x80000

-- nginx writes a header before each kept answer (ngx_http_file_cache_header_t). It begins with the fields version,
-- valid_sec, updating_sec, error_sec, last_modified and date, of eight bytes each. nginx changes them when it has asked
-- whether the answer still holds, so the checksum begins after them.
local TIMES_END = 48
local LEAST_INODES = 1000
-- Seconds for which a request waits for another request's answer, and seconds between two looks.
local LONGEST_WAIT, LOOK_EVERY = 1, 0.003

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
        and (room.files == 0 or room.favail >= LEAST_INODES) and bit.band(tonumber(room.flag), ST_RDONLY) == 0
end

-- Whether nginx can read and write the folders of this file. nginx makes missing folders below the cache's folder.
local function is_usable(path)
    local parent = path:match("^(.*)/")
    for _, folder in ipairs({kept.folder, parent:match("^(.*)/"), parent}) do
        if ffi.C.access(folder, READ_WRITE_SEARCH) ~= 0 then
            return folder ~= kept.folder and ffi.errno() == ENOENT
        end
    end
    return true
end

-- Returns the file's inode, size and ctime as one text, which changes at every write. Returns nil if there is no file.
local function metadata(path)
    if ffi.C.statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, found) ~= 0 then
        return nil
    end
    return string.format("%s %s %s.%d", found.ino, found.size, found.ctime.seconds, found.ctime.nanoseconds)
end

-- Reads the times in the file's header. Returns the second until which the answer is valid. Returns nil if nginx can't
-- have written these times: valid_sec in the future, or updating_sec or error_sec not 0.
local function valid_until(file)
    if ffi.C.read(file, piece, TIMES_END) ~= TIMES_END then
        return nil
    end
    local fields = ffi.cast("const int64_t *", piece)
    local second = tonumber(fields[1])
    -- The workers' clocks may differ by a moment.
    return second <= ngx.time() + 1 and fields[2] == 0 and fields[3] == 0 and second or nil
end

-- Returns the checksum of the rest of the file. Returns nil if there is none, or if it can't be read.
local function checksum(file)
    local total = 0
    xxhash.XXH3_64bits_reset(state)
    while true do
        local length = tonumber(ffi.C.read(file, piece, PIECE))
        if length <= 0 then
            return length == 0 and total > 0 and bit.tohex(xxhash.XXH3_64bits_digest(state)) or nil
        end
        xxhash.XXH3_64bits_update(state, piece, length)
        total = total + length
    end
end

-- Returns true if nginx may give the kept answer without asking a node, and false if nginx must ask. Returns nil if
-- nginx must not touch the file.
local function is_valid(path)
    local is = metadata(path)
    if not is then
        return false
    end
    local file = ffi.C.open(path, READ_ONLY_CLOEXEC)
    if file < 0 then
        return nil
    end
    local was, sum = (notes:get(path) or ""):match("^(.*)=(.*)$")
    local second = valid_until(file)
    local damaged = not second
    if second and is ~= was then
        local now = checksum(file)
        -- A file with another inode is a newer answer.
        local newer = not was or was:match("^%S+") ~= is:match("^%S+")
        damaged = not (now and (newer or now == sum))
        if not damaged then
            notes:set(path, is .. "=" .. now)
        end
    end
    ffi.C.close(file)
    if damaged then
        -- A message of ngx.log would contain the query, and with it people's names.
        io.stderr:write("a kept answer is damaged: ", path, "\n")
        notes:delete(path)
        if os.remove(path) then
            return false
        end
        return nil
    end
    return second >= ngx.time()
end

-- Waits until the answer may be given, or until this request is the one that asks.
local function wait(path)
    local lock, deadline = path .. " asks", ngx.now() + LONGEST_WAIT
    while true do
        local valid = is_valid(path)
        if valid == nil then
            ngx.var.kept_off = "1"
        end
        if valid ~= false or ngx.now() >= deadline then
            return
        end
        if notes:add(lock, true, LONGEST_WAIT) then
            ngx.var.kept_lock = lock
            return
        end
        ngx.sleep(LOOK_EVERY)
    end
end

local function before()
    -- If-Modified-Since counts only without If-None-Match, and If-Unmodified-Since only if there is a Last-Modified
    -- (RFC 9110, 13.1). nginx would let both count.
    if ngx.var.http_if_none_match then
        ngx.req.clear_header("If-Modified-Since")
    end
    ngx.req.clear_header("If-Unmodified-Since")
    if ngx.var.asked_at == "" then
        return
    end
    -- If-Match is missing, empty or * here, so its condition holds. nginx 1.26 crashes if it refuses an answer that a
    -- node has just confirmed.
    ngx.req.clear_header("If-Match")
    local path = path_of(ngx.var.kept_key)
    if has_room() and is_usable(path) then
        wait(path)
    else
        ngx.var.kept_off = "1"
    end
end

-- Lets the next request ask. The lock is in a variable of nginx because nginx clears ngx.ctx when it gives an answer of
-- its own.
local function release()
    if ngx.var.kept_lock ~= "" then
        notes:delete(ngx.var.kept_lock)
    end
end

local function after()
    local status = ngx.var.upstream_cache_status
    if status == "MISS" or status == "EXPIRED" then
        local path = path_of(ngx.var.kept_key)
        local is = metadata(path)
        local was = (notes:get(path) or ""):match("^%S+")
        if is and was ~= is:match("^%S+") then
            is_valid(path)
        end
    end
    release()
end

local function guarded(action)
    local done, trouble = pcall(action)
    if not done then
        ngx.var.kept_off = "1"
        io.stderr:write("kept.lua: ", tostring(trouble), "\n")
    end
end

-- Runs before nginx looks for a kept answer.
function kept.before()
    guarded(before)
end

-- Runs after the answer, and notes a new file.
function kept.after()
    guarded(after)
end

-- Runs after an answer of nginx's own, for which kept.after is not called.
function kept.release()
    guarded(release)
end

return kept
