/// The parts that scripts share. Every script is composed of them, so that all read records, order versions and name
/// generations in the same way.
///
/// Redis does not roll back. A script reads and checks everything before its first write, and cannot fail afterwards.
/// Therefore every error of a script, also an unforeseen one, means that nothing was written.
enum LuaFragments {
    /// First line of a script that Redis refuses when it is out of memory.
    static let refusedWithoutMemory = "#!lua\n"
    /// First line of a script that needs hardly any memory, or that the cluster depends on.
    static let allowedWithoutMemory = "#!lua flags=allow-oom\n"
    /// First line of a script that only reads, and therefore also runs when Redis is out of memory.
    static let readsOnly = "#!lua flags=no-writes\n"

    /// `whole(text)`: the number in decimal digits, or nil. Below 2⁵³, where doubles are exact. Scripts print numbers with
    /// `%.0f`, because Lua's own conversion loses digits.
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

    /// `record(key)`: the record's own fields as texts, or an empty table if there is no record; nil and the answer
    /// `{'TYPE', type}` or `{'CORRUPT', field}` for a key that is not a record and must be left unchanged.
    ///
    /// `older(e1, q1, e2, q2)`: whether the first version is older than the second; epochs count first.
    static let records =
        words + """
            local function record(key)
              local kind = redis.call('TYPE', key).ok
              if kind == 'none' then return {} end
              if kind ~= 'hash' then return nil, {'TYPE', kind} end
              local f = redis.call('HMGET', key, 'o', 'e', 'a', 'q', 'c', 't')
              if not f[1] or f[1] == 'gen' or (f[1] ~= '' and not plain(f[1])) then return nil, {'CORRUPT', 'o'} end
              if not whole(f[2]) then return nil, {'CORRUPT', 'e'} end
              if not whole(f[3]) then return nil, {'CORRUPT', 'a'} end
              if not whole(f[4]) then return nil, {'CORRUPT', 'q'} end
              if f[6] and not whole(f[6]) then return nil, {'CORRUPT', 't'} end
              return {o = f[1], e = f[2], a = f[3], q = f[4], c = f[5], t = f[6] or nil}
            end
            local function older(e1, q1, e2, q2)
              if e1 ~= e2 then return tonumber(e1) < tonumber(e2) end
              return tonumber(q1) < tonumber(q2)
            end

            """

    /// `put(key, from, to)`, `drop(key, from, to)`: sets, or deletes, the fields in a range of the arguments. In slices,
    /// because Lua's stack holds only some thousand values.
    ///
    /// `live(key, before, t, usual)`: extends the record's life by `t`, or by `usual` if `t` is ''; keeps `t` in the record,
    /// where `before` is its present value.
    static let contents = """
        local slice = 6000
        local function put(key, from, to)
          for i = from, to, slice do redis.call('HSET', key, unpack(ARGV, i, math.min(i + slice - 1, to))) end
        end
        local function drop(key, from, to)
          for i = from, to, slice do redis.call('HDEL', key, unpack(ARGV, i, math.min(i + slice - 1, to))) end
        end
        local function live(key, before, t, usual)
          if t ~= '' then
            if before ~= t then redis.call('HSET', key, 't', t) end
          elseif before then
            redis.call('HDEL', key, 't')
          end
          redis.call('PEXPIRE', key, t ~= '' and t or usual)
        end

        """

    /// `epochAfter(epoch)`: a new epoch, which is Redis's time in microseconds, or one more than the former epoch if the
    /// clock was set back.
    static let epochs = """
        local function epochAfter(epoch)
          local time = redis.call('TIME')
          local fresh = tonumber(time[1]) * 1000000 + tonumber(time[2])
          if fresh <= epoch then fresh = epoch + 1 end
          return string.format('%.0f', fresh)
        end

        """

    /// `generation(nodes)`: the generation of the data in force, in the form of `Generation.description`; `lives()`: the
    /// last two parts of it. `INFO` costs Redis about 6 µs in a script; searching its text with a pattern would double that.
    static let generations = """
        local function lives()
          local text = redis.call('INFO', 'server', 'replication')
          local function id(label)
            local at = string.find(text, label, 1, true)
            if not at then return '' end
            return string.sub(text, at + #label, at + #label + 39)
          end
          return id('run_id:'), id('master_replid:')
        end
        local function generation(nodes)
          local run, replication = lives()
          return (redis.call('HGET', nodes, 'gen') or '') .. ':' .. run .. ':' .. replication
        end

        """

    /// `entry(text)`: the parts of a session's entry, or nil for a text that is not an entry. See `MemberEntry`.
    static let entries =
        words + """
            local function entry(text)
              if not text then return nil end
              local counter, condition, settled, since, card = string.match(text, '^(%d+) (%a+) (%S+) (%d+) (.*)$')
              if not whole(counter) or not whole(since) then return nil end
              if condition ~= 'alive' and condition ~= 'draining' and condition ~= 'dead' then return nil end
              return {counter = counter, condition = condition, since = since}
            end

            """
}
