// redis (node-redis) 5, and 6 which speaks RESP3 unless told otherwise. Arguments: package, configuration.
// Without a scan interval it learns of changes only from +slave, [-+]sdown, [-+]odown, +sentinel and +slave-reconf-done, and then takes
// no node that is flagged s_down, disconnected or failover_in_progress.
'use strict';

const {config, insist, serve} = require('./loop.js');
const {createClient, createSentinel} = require(process.argv[2]);

const login = (username, password) => ({username: username ?? undefined, password: password ?? undefined});
const sentinelLogin = login(config.sentinel_user, config.sentinel_password);
const address = (node) => `${node.host}:${node.port}`;
const changes = [];

const client = createSentinel({
    name: config.group,
    sentinelRootNodes: config.sentinels.slice(0, 1).map(([host, port]) => ({host, port})),
    nodeClientOptions: login(config.user, config.password),
    sentinelClientOptions: sentinelLogin,
    replicaPoolSize: 1,
    scanInterval: 0,
});
client.on('error', () => {});
client.on('topology-change', (change) => changes.push(change.type));

const [host, port] = config.sentinels[0];
const sentinel = createClient({socket: {host, port}, ...sentinelLogin});
sentinel.on('error', () => {});

const ask = (...words) => sentinel.sendCommand(['SENTINEL', ...words]);
// Entries come flat in RESP2, as maps in RESP3.
const entry = (reply) => {
    if (!Array.isArray(reply)) return reply instanceof Map ? Object.fromEntries(reply) : reply;
    return Object.fromEntries(reply.flatMap((key, i) => (i % 2 ? [] : [[key, reply[i + 1]]])));
};

// What it knows without a request.
const primary = () => {
    const node = client.getMasterNode();
    if (node === undefined) throw new Error('no primary yet');
    return address(node);
};
const replicas = () => [...client.getReplicaNodes()].filter(([, ready]) => ready > 0).map(([node]) => address(node));

(async () => {
    await Promise.all([client.connect(), sentinel.connect()]);
    await serve({
        set: (key, value) => insist(() => client.set(key, value)),
        get: (key) => insist(async () => [await client.get(key), (await client.sendCommand(true, ['ROLE']))[0]]),
        primary,
        replicas,
        fields: async () => ({
            master: entry(await ask('MASTER', config.group)),
            masters: (await ask('MASTERS')).map(entry),
            replicas: (await ask('REPLICAS', config.group)).map(entry),
            sentinels: (await ask('SENTINELS', config.group)).map(entry),
            address: (await ask('GET-MASTER-ADDR-BY-NAME', config.group)).join(':'),
            changes,
        }),
        failover: async () => (await ask('FAILOVER', config.group)) === 'OK',
    });
})();
