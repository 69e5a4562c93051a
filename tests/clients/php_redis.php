<?php
// php-redis: the classes RedisSentinel and Redis. It follows nothing by itself; the program asks again after an error.

const TRY_S = 20.0;
const RETRY_US = 20000;
const TIMEOUT_S = 2.0;

$config = json_decode($argv[1], true);
$group = $config['group'];
$writer = null;

// Calls $use with the first supervisor that answers.
function sentinel(callable $use)
{
    global $config;
    $trouble = null;
    foreach ($config['sentinels'] as [$host, $port]) {
        try {
            $value = $use(new RedisSentinel($host, $port, TIMEOUT_S, null, 0, TIMEOUT_S, ...login('sentinel_')));
            if ($value !== false) {
                return $value;
            }
        } catch (RedisException $error) {
            $trouble = $error;
        }
    }
    throw $trouble ?? new RedisException('no supervisor knows');
}

// An array with what auth() takes; an empty one where nobody asks for it.
function login($whose)
{
    global $config;
    [$user, $password] = [$config[$whose . 'user'], $config[$whose . 'password']];
    return $password === null ? [] : [$user === null ? $password : [$user, $password]];
}

function connect($host, $port)
{
    global $config;
    $node = new Redis();
    $node->connect($host, (int)$port, TIMEOUT_S, null, 0, TIMEOUT_S);
    foreach (login('') as $words) {
        $node->auth($words);
    }
    return $node;
}

function find()
{
    global $group;
    return sentinel(fn($s) => $s->getMasterAddrByName($group));
}

// Sets on a kept connection; when that fails, on a new one to whoever is the primary then.
function set_key($key, $value)
{
    global $writer;
    $limit = microtime(true) + TRY_S;
    while (true) {
        try {
            $writer ??= connect(...find());
            if ($writer->set($key, $value)) {
                return true;
            }
            throw new RedisException($writer->getLastError() ?? 'refused');
        } catch (RedisException $error) {
            $writer = null;
            if (microtime(true) > $limit) {
                throw $error;
            }
            usleep(RETRY_US);
        }
    }
}

function living()
{
    global $group;
    $down = fn($r) => array_intersect(['s_down', 'o_down', 'disconnected'], explode(',', $r['flags']));
    return array_values(array_filter(sentinel(fn($s) => $s->slaves($group)), fn($r) => !$down($r)));
}

function get_key($key)
{
    $entry = living()[0];
    $node = connect($entry['ip'], $entry['port']);
    return [$node->get($key), $node->rawCommand('ROLE')[0]];
}

function fields()
{
    global $group;
    return sentinel(fn($s) => [
        'master' => $s->master($group), 'masters' => $s->masters(), 'replicas' => $s->slaves($group),
        'sentinels' => $s->sentinels($group), 'address' => implode(':', $s->getMasterAddrByName($group)),
        'ping' => $s->ping(), 'ckquorum' => $s->ckquorum($group), 'flushconfig' => $s->flushconfig(),
    ]);
}

$verbs = [
    'set' => 'set_key', 'get' => 'get_key', 'primary' => fn() => implode(':', find()), 'fields' => 'fields',
    'replicas' => fn() => array_map(fn($r) => "$r[ip]:$r[port]", living()),
    'failover' => fn() => sentinel(fn($s) => $s->failover($group)),
];
while (($line = fgets(STDIN)) !== false) {
    $words = explode(' ', trim($line));
    try {
        $answer = ['value' => $verbs[array_shift($words)](...$words)];
    } catch (Throwable $error) {
        $answer = ['error' => get_class($error) . ': ' . $error->getMessage()];
    }
    echo json_encode($answer), "\n";
}
