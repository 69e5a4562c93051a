// The conversation with run.py, for the programs in JavaScript: a request a line, an answer in JSON a line (see loop.py).
'use strict';

const readline = require('node:readline');
const {setTimeout: pause} = require('node:timers/promises');

// How long a program tries again, where the client itself gives up at once; and how soon.
const TRY_MS = 20000;
const RETRY_MS = 20;

exports.config = JSON.parse(process.argv[3]);

// Until the function went through, or TRY_MS are over.
exports.insist = async (attempt) => {
    const limit = Date.now() + TRY_MS;
    for (;;) {
        try {
            return await attempt();
        } catch (error) {
            if (Date.now() > limit) throw error;
            await pause(RETRY_MS);
        }
    }
};

// Answers requests, one after the other, until the other side closes; then ends the program.
exports.serve = async (verbs) => {
    for await (const line of readline.createInterface({input: process.stdin})) {
        const [verb, ...words] = line.split(' ');
        let answer;
        try {
            answer = {value: await verbs[verb](...words)};
        } catch (error) {
            answer = {error: `${error.name}: ${error.message}`};
        }
        process.stdout.write(JSON.stringify(answer) + '\n');
    }
    process.exit(0);
};
