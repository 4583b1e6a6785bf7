internal import RedisClient

/// The parts that scripts share. Every script is composed of them, so that all read records, order versions
/// and name generations in the same way.
///
/// Redis does not roll back. A script reads and checks everything before its first write. After that only
/// missing rights can fail it, so it first uses each writing command in a way that changes nothing that
/// counts, and answers `DENIED` if Redis refuses. A good path, whose first write is its only one that counts,
/// answers `DENIED` if Redis refuses that. An error that a script raises all the same leaves its effect
/// unknown.
///
/// A script deletes its key only as its last write: in a slot of a Redis Cluster that migrates, a key that
/// was deleted belongs to the other server, and the script could not write it again.
enum LuaFragments {
    /// First line of a script that Redis refuses when it is out of memory.
    static let refusedWithoutMemory = "#!lua\n"
    /// First line of a script that needs hardly any memory, or that the cluster depends on.
    static let allowedWithoutMemory = "#!lua flags=allow-oom\n"
    /// First line of the same, for a script that compares the generation (`generations`).
    static let comparesGeneration = "#!lua flags=allow-oom,allow-cross-slot-keys\n"
    /// First line of a script that compares the generation, and that Redis refuses when it is out of memory.
    static let comparesGenerationWithMemory = "#!lua flags=allow-cross-slot-keys\n"
    /// First line of a script that only reads, and therefore also runs when Redis is out of memory.
    static let readsOnly = "#!lua flags=no-writes\n"

    /// `whole(text)`: the number in decimal digits, or nil. Below 2⁵³, where doubles are exact. Scripts print
    /// numbers with `%.0f`, because Lua's own conversion loses digits.
    ///
    /// `plain(text)`: whether the text is an identifier, see `IdentifierSyntax`.
    static let words = """
        local function whole(text)
          if not text or #text > 16 then return nil end
          if text ~= '0' and not string.find(text, '^[1-9]%d*$') then return nil end
          local number = tonumber(text)
          if number > 9007199254740990 then return nil end
          return number
        end
        local function plain(text)
          return #text <= 64 and string.find(text, '^[%w%-_.]+$') ~= nil
        end

        """

    /// The good path of a commit, a release and a verify: `f` holds the owner, the epoch, the sequence and the
    /// own time to live in the record `key`, and `isCurrent` tells whether the first three are those of the
    /// arguments `a`. Equal texts need no other check, because a node names only numbers and sessions that are
    /// valid.
    ///
    /// What is not as expected is left unchanged for the rest of the script, which reads and checks the whole
    /// record. The good path stands before all functions, because Lua makes those anew in each call. It does
    /// not look at the fields that it does not need: a corrupted claim attempt is found by the next claim.
    static let goodPath = """
        local key, a = KEYS[1], ARGV
        local f = redis.pcall('HMGET', key, 'o', 'e', 'q', 't')
        local isCurrent = f[1] == a[1] and f[2] == a[2] and f[3] == a[3]

        """

    /// `denied(command, …)`: runs a command; nil, or the answer `{'DENIED', 'command: error'}` if refused.
    ///
    /// `record(key)`: the record's own fields as texts, or an empty table if there is no record; nil and the
    /// answer `{'TYPE', type}` or `{'CORRUPT', field}` for a key that is not a record and must be left
    /// unchanged, or `DENIED`.
    ///
    /// `older(e1, q1, e2, q2)`: whether the first version is older than the second; epochs count first.
    static let records =
        words + """
            local function denied(...)
              local reply = redis.pcall(...)
              return type(reply) == 'table' and reply.err and {'DENIED', (...) .. ': ' .. reply.err} or nil
            end
            local function record(key)
              local f = redis.pcall('HMGET', key, 'o', 'e', 'a', 'q', 'c', 't')
              if not f[1] then
                local kind = redis.pcall('TYPE', key)
                if kind.err then return nil, {'DENIED', 'TYPE: ' .. kind.err} end
                kind = kind.ok
                if kind ~= 'none' and kind ~= 'hash' then return nil, {'TYPE', kind} end
                if f.err then return nil, {'DENIED', 'HMGET: ' .. f.err} end
                if kind == 'none' then return {} end
              end
              if not f[1] or f[1] == 'gen' or (f[1] ~= '' and not plain(f[1])) then return nil, {'CORRUPT', 'o'} end
              if not whole(f[2]) then return nil, {'CORRUPT', 'e'} end
              if not whole(f[3]) then return nil, {'CORRUPT', 'a'} end
              if not whole(f[4]) then return nil, {'CORRUPT', 'q'} end
              if f[6] and (f[6] == '0' or not whole(f[6])) then return nil, {'CORRUPT', 't'} end
              return {o = f[1], e = f[2], a = f[3], q = f[4], c = f[5], t = f[6] or nil}
            end
            local function older(e1, q1, e2, q2)
              if e1 ~= e2 then return tonumber(e1) < tonumber(e2) end
              return tonumber(q1) < tonumber(q2)
            end

            """

    /// `others(key, from, to)`: the names of the content's fields that are not among the names and values in
    /// a range of the arguments; nil and `DENIED`.
    ///
    /// `write(key, r, own, from, to, gone, t, usual)`: deletes the fields `gone`, then sets the fields `own`
    /// (names and values) and those in a range of the arguments. `r` is the record as it was; without one,
    /// nothing is deleted. Extends the record's life by `t`, or by `usual` if `t` is ''; keeps `t` in the
    /// record. Answers nil, or `DENIED` if it changed nothing.
    ///
    /// In slices, because Lua's stack holds only some thousand values.
    static let contents = """
        local slice = 6000
        local function others(key, from, to)
          local names = redis.pcall('HKEYS', key)
          if names.err then return nil, {'DENIED', 'HKEYS: ' .. names.err} end
          local stay = {o = true, e = true, a = true, q = true, c = true, t = true}
          for i = from, to, 2 do stay[ARGV[i]] = true end
          local gone = {}
          for i = 1, #names do
            if not stay[names[i]] then gone[#gone + 1] = names[i] end
          end
          return gone
        end
        local function write(key, r, own, from, to, gone, t, usual)
          local life = t ~= '' and t or usual
          local no = denied('PEXPIRE', key, life)
          if no then return no end
          if t == '' then
            if r.t then gone[#gone + 1] = 't' end
          elseif t ~= r.t then
            own[#own + 1] = 't'
            own[#own + 1] = t
          end
          if #gone > 0 then
            no = denied('HSET', key, 'o', r.o) or denied('HDEL', key, unpack(gone, 1, math.min(slice, #gone)))
            if no then return no end
            for i = slice + 1, #gone, slice do
              redis.call('HDEL', key, unpack(gone, i, math.min(i + slice - 1, #gone)))
            end
          end
          local head = math.min(to, from + slice - 1)
          for i = from, head do own[#own + 1] = ARGV[i] end
          no = denied('HSET', key, unpack(own))
          if no then return no end
          for i = head + 1, to, slice do redis.call('HSET', key, unpack(ARGV, i, math.min(i + slice - 1, to))) end
          if not r.o then redis.call('PEXPIRE', key, life) end
        end

        """

    /// `now()`: Redis's time in microseconds. It does not change during a script.
    static let times = """
        local function now()
          local time = redis.call('TIME')
          return tonumber(time[1]) * 1000000 + tonumber(time[2])
        end

        """

    /// `epochAfter(epoch, time)`: a new epoch, which is Redis's time, or one more than the former epoch if
    /// the clock was set back.
    static let epochs = """
        local function epochAfter(epoch, time)
          return string.format('%.0f', time > epoch and time or epoch + 1)
        end

        """

    /// `lives()`: the ids of the server's process and of its replication, the last two parts of a generation. Searching
    /// the text of `INFO` with a pattern would double what it costs.
    static let lives = """
        local function lives()
          local text = redis.call('INFO', 'server', 'replication')
          local run = string.find(text, 'run_id:', 1, true)
          local replication = string.find(text, 'master_replid:', 1, true)
          return run and string.sub(text, run + 7, run + 46) or '',
            replication and string.sub(text, replication + 14, replication + 53) or ''
        end

        """

    /// `generation(nodes)`: the generation of the data in force, in the form of `Generation.compared`; nil on a
    /// replica, which has the replication id of its primary. The key is an argument of the scripts and not declared: a
    /// declared key must be in the slot of the others.
    ///
    /// Of `INFO`, the section on the process costs Redis more than that on replication (3.2 µs and 2.3).
    static let generations = """
        local function generation(nodes)
          local text = redis.call('INFO', 'replication')
          if not string.find(text, 'role:master', 1, true) then return nil end
          local at = string.find(text, 'master_replid:', 1, true)
          return (redis.call('HGET', nodes, 'gen') or '') .. ':' .. (at and string.sub(text, at + 14, at + 53) or '')
        end

        """

    /// `foreign(key)`: the answer `{'TYPE', type}` if the key is not a hash and must stay unchanged, or nil.
    ///
    /// `entry(text)`: the parts of a session's entry, or nil for any other text. See `MemberEntry`.
    static let entries =
        words + """
            local function foreign(key)
              local kind = redis.call('TYPE', key).ok
              if kind ~= 'none' and kind ~= 'hash' then return {'TYPE', kind} end
            end
            local function entry(text)
              if not text then return nil end
              local counter, condition, settled, since, card = string.match(text, '^(%d+) (%a+) (%S+) (%d+) (.*)$')
              if not whole(counter) or not whole(since) then return nil end
              if condition ~= 'alive' and condition ~= 'draining' and condition ~= 'dead' then return nil end
              return {counter = counter, condition = condition, since = since}
            end

            """
}

extension RedisScript {
    /// True for a script that changes nothing, and that Redis would not let change anything.
    var onlyReads: Bool { source.hasPrefix(LuaFragments.readsOnly) }
}
