internal import Ownership
internal import RedisClient

/// How a script compares the generation in force with the one that its call names, in two arguments: a key, and the
/// text of the generation.
///
/// In a Redis Cluster both arguments may have two words: while the actor's slot migrates, either server may execute
/// the script, and each has a generation and a key of its own.
struct GenerationCheck: Sendable {
    /// Lua functions that the condition calls.
    let definitions: String
    private let isInCluster: Bool

    /// A condition in Lua: the generation that the call names is in force.
    ///
    /// - Parameters:
    ///   - key: the expression for the key, or for the keys.
    ///   - text: the expression for the text of the generation, or for the texts.
    func matches(key: String, text: String) -> String {
        isInCluster ? "isNamed(\(key), \(text))" : "generation(\(key)) == \(text)"
    }

    /// A condition in Lua: another generation is in force.
    func differs(key: String, text: String) -> String {
        isInCluster ? "not isNamed(\(key), \(text))" : "generation(\(key)) ~= \(text)"
    }

    /// For one server, whose generation is in the membership's key.
    static let server = GenerationCheck(definitions: LuaFragments.generations, isInCluster: false)

    /// For a server of a Redis Cluster, whose generation is in its marker (`RedisKeys.marker`).
    static let cluster = GenerationCheck(definitions: LuaFragments.facts, isInCluster: true)
}

extension LuaFragments {
    /// `life()`: the generation of this server, in the form of `Generation.compared`, without the id of its data set;
    /// nil on a replica. `CLUSTER INFO` costs Redis about 20 µs.
    static let life = """
        local function life()
          local text = redis.call('INFO', 'replication')
          if not string.find(text, 'role:master', 1, true) then return nil end
          local at = string.find(text, 'master_replid:', 1, true)
          local epoch = string.match(redis.call('CLUSTER', 'INFO'), 'cluster_my_epoch:(%d+)')
          return ':' .. (at and string.sub(text, at + 14, at + 53) or '') .. '@' .. (epoch or '')
        end

        """

    /// `generation(nodes)`: as in `generations`, on a server of a Redis Cluster.
    static let clusterGenerations =
        life + """
            local function generation(nodes)
              local own = life()
              return own and (redis.call('HGET', nodes, 'gen') or '') .. own
            end

            """

    /// `isNamed(markers, texts)`: whether the generation in force here is one of the texts. The key with the id of
    /// its data set is the marker at the same place: not declared, because it is in another slot than the actor. A
    /// marker whose text names another server is not read: it is not served here.
    static let facts =
        life + """
            local function isNamed(markers, texts)
              local own, text = life(), string.gmatch(texts, '%S+')
              if not own then return false end
              for marker in string.gmatch(markers, '%S+') do
                local wanted = text()
                if wanted and string.sub(wanted, -#own) == own then
                  local data = marker == '\(RedisKeys.noMarker)' and '' or redis.pcall('GET', marker)
                  if type(data) ~= 'table' and (data or '') .. own == wanted then return true end
                end
              end
              return false
            end

            """
}

/// The two forms of a script that compares generations: the scripts of a single server cost it nothing for the
/// other form.
struct ComparingScript: Sendable {
    let server: RedisScript
    let cluster: RedisScript

    /// - Parameter source: the source, with the comparison in it.
    init(name: String, source: (GenerationCheck) -> String) {
        server = RedisScript(name: name, source: source(.server))
        cluster = RedisScript(name: name, source: source(.cluster))
    }

    /// The form for a call that names this generation.
    func form(naming generation: Generation) -> RedisScript {
        generation.marker == nil ? server : cluster
    }
}
