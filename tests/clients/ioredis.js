// ioredis 5, ioredis 6 (RESP3 unless told otherwise) and iovalkey, which have the same interface. Arguments: package, configuration.
// One supervisor is named only: the client learns the others from SENTINEL SENTINELS, and hears +switch-master from them.
'use strict';

const {config, insist, serve} = require('./loop.js');
const Redis = require(process.argv[2]).default;

const RETRY_MS = 20;

const options = {
    sentinels: config.sentinels.slice(0, 1).map(([host, port]) => ({host, port})),
    name: config.group,
    username: config.user ?? undefined,
    password: config.password ?? undefined,
    sentinelUsername: config.sentinel_user ?? undefined,
    sentinelPassword: config.sentinel_password ?? undefined,
    sentinelRetryStrategy: () => RETRY_MS,
    retryStrategy: () => RETRY_MS,
    // Its own advice for a primary that became a replica: connect anew and send again.
    reconnectOnError: (error) => (error.message.startsWith('READONLY') ? 2 : false),
    maxRetriesPerRequest: null,
};

let offered = [];
// All replicas that passed the client's filter of flags; it takes the one returned here.
const preferredSlaves = (available) => {
    offered = available.map((r) => `${r.ip}:${r.port}`);
    return available[0];
};

const quiet = (client) => client.on('error', () => {});
const writer = quiet(new Redis({...options, role: 'master', failoverDetector: true}));
// ioredis 5 and iovalkey end for good when +switch-master comes while they look for the primary, whoever supervises; programs connect anew.
writer.on('end', () => writer.connect().catch(() => {}));
const reader = quiet(new Redis({...options, role: 'slave', preferredSlaves}));
const [host, port] = config.sentinels[0];
const sentinel = quiet(new Redis({
    host, port, username: options.sentinelUsername, password: options.sentinelPassword, retryStrategy: () => RETRY_MS,
}));

// Entries come flat in RESP2, as maps in RESP3.
const entry = (reply) => {
    if (!Array.isArray(reply)) return reply instanceof Map ? Object.fromEntries(reply) : reply;
    return Object.fromEntries(reply.flatMap((key, i) => (i % 2 ? [] : [[key, reply[i + 1]]])));
};
const entries = async (...words) => (await sentinel.call('SENTINEL', ...words)).map(entry);

// Where the writer is connected, without a request: it hears of a switch by itself.
const primary = () => {
    if (writer.status !== 'ready') throw new Error(`the writer is ${writer.status}`);
    return `${writer.stream.remoteAddress}:${writer.stream.remotePort}`;
};

// A client made for it, since the list is shown while one connects.
const replicas = async () => {
    const probe = quiet(new Redis({...options, role: 'slave', preferredSlaves}));
    try {
        await probe.ping();
        return offered;
    } finally {
        probe.disconnect();
    }
};

serve({
    set: (key, value) => insist(() => writer.set(key, value)),
    get: (key) => insist(async () => [await reader.get(key), (await reader.role())[0]]),
    primary,
    replicas,
    fields: async () => ({
        master: entry(await sentinel.call('SENTINEL', 'MASTER', config.group)),
        masters: await entries('MASTERS'),
        replicas: await entries('SLAVES', config.group),
        sentinels: await entries('SENTINELS', config.group),
        address: (await sentinel.sentinel('get-master-addr-by-name', config.group)).join(':'),
        known: writer.connector.sentinelIterator.sentinels.map((s) => `${s.host}:${s.port}`),
    }),
    failover: async () => (await sentinel.sentinel('failover', config.group)) === 'OK',
});
