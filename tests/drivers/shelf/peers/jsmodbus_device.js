// A Modbus TCP device of the package jsmodbus, for the tests: prints its port, then serves until it is killed.
// It answers whatever unit is asked. Usage: node jsmodbus_device.js PORT UNIT REGISTER...
"use strict";
const net = require("net");
const modbus = require("jsmodbus");

const [port, , ...words] = process.argv.slice(2);
const registers = Buffer.alloc(2 * words.length);
words.forEach((value, at) => registers.writeUInt16BE(Number(value), 2 * at));

const listening = net.createServer();
new modbus.server.TCP(listening, { holding: registers, input: registers });
listening.on("connection", (socket) => socket.on("error", () => {})); // whoever hung up in the middle
listening.listen(Number(port), "127.0.0.1", () => console.log(listening.address().port));
