// A Modbus TCP device of the package jsmodbus, for the tests: prints its port, then serves until it is killed.
// It answers whatever unit is asked; with the three files, those alone who show a certificate that CA vouches for.
// Usage: [TLS="CERTIFICATE KEY CA"] node jsmodbus_device.js PORT UNIT REGISTER...
"use strict";
const { EventEmitter } = require("events");
const { readFileSync } = require("fs");
const net = require("net");
const tls = require("tls");
const modbus = require("jsmodbus");

const [port, , ...words] = process.argv.slice(2);
const registers = Buffer.alloc(2 * words.length);
words.forEach((value, at) => registers.writeUInt16BE(Number(value), 2 * at));

const welcomed = new EventEmitter();
welcomed.on("connection", (socket) => socket.on("error", () => {})); // whoever hung up in the middle
new modbus.server.TCP(welcomed, { holding: registers, input: registers });

const welcome = (socket) => welcomed.emit("connection", socket);
const [cert, key, ca] = (process.env.TLS || "").split(" ").filter(Boolean).map((file) => readFileSync(file));
const listening = cert
  ? tls.createServer({ cert, key, ca, requestCert: true, rejectUnauthorized: true }, welcome)
  : net.createServer(welcome);
listening.listen(Number(port), "127.0.0.1", () => console.log(listening.address().port));
