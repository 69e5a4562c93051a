# ruby-redis: finds the primary by GET-MASTER-ADDR-BY-NAME, a replica by SLAVES and its flags; checks ROLE after connecting.

require 'json'
require 'redis'

TRY_S = 20.0
RETRY_S = 0.02
TIMEOUT_S = 2.0

CONFIG = JSON.parse(ARGV[0])
GROUP = CONFIG['group']
SENTINELS = CONFIG['sentinels'].map do |host, port|
  { host: host, port: port, username: CONFIG['sentinel_user'], password: CONFIG['sentinel_password'] }
end

def client(role)
  Redis.new(url: "redis://#{GROUP}", sentinels: SENTINELS, role: role, username: CONFIG['user'], password: CONFIG['password'],
            timeout: TIMEOUT_S, reconnect_attempts: 3)
end

WRITER = client(:master)
READER = client(:slave)

# Until the block went through, or TRY_S are over.
def insist
  limit = now + TRY_S
  begin
    yield
  rescue Redis::BaseError
    raise if now > limit

    sleep RETRY_S
    retry
  end
end

def now
  Process.clock_gettime(Process::CLOCK_MONOTONIC)
end

# The answer of the first supervisor that gives one.
def sentinel(*words)
  SENTINELS.each do |address|
    connection = Redis.new(**address, timeout: TIMEOUT_S, reconnect_attempts: 0)
    return connection.sentinel(*words)
  rescue Redis::BaseConnectionError
    next
  ensure
    connection&.close
  end
  raise Redis::CannotConnectError, 'no supervisor answers'
end

def living
  sentinel('slaves', GROUP).reject { |r| r['flags'].split(',').include?('s_down') }
end

def fields
  { master: sentinel('master', GROUP), masters: sentinel('masters'), replicas: sentinel('slaves', GROUP),
    sentinels: sentinel('sentinels', GROUP), address: sentinel('get-master-addr-by-name', GROUP).join(':') }
end

# Where the writer really is: it resolves again only when its connection broke.
def primary
  insist { WRITER.ping }
  connection = WRITER.connection
  "#{connection[:host]}:#{connection[:port]}"
end

VERBS = {
  'set' => ->(key, value) { insist { WRITER.set(key, value) } },
  'get' => ->(key) { insist { [READER.get(key), READER.call('ROLE')[0]] } },
  'primary' => -> { primary },
  'replicas' => -> { living.map { |r| "#{r['ip']}:#{r['port']}" } },
  'fields' => -> { fields },
  'failover' => -> { sentinel('failover', GROUP) == 'OK' }
}.freeze

$stdout.sync = true
while (line = $stdin.gets)
  verb, *words = line.split
  begin
    answer = { value: VERBS.fetch(verb).call(*words) }
  rescue StandardError => e
    answer = { error: "#{e.class}: #{e.message}" }
  end
  puts JSON.generate(answer)
end
