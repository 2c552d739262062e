// A Modbus TCP device of the package modbus-serial, for the tests: prints its port, then serves until it is killed.
// Usage: node modbus_serial_device.js PORT UNIT REGISTER...
"use strict";
const { ServerTCP } = require("modbus-serial");

const [port, unit, ...words] = process.argv.slice(2);
const registers = words.map(Number);

const ILLEGAL_ADDRESS = 2;

function inside(address) {
  if (address < registers.length) return address;
  throw Object.assign(new Error("no such register"), { modbusErrorCode: ILLEGAL_ADDRESS });
}

const read = (address) => registers[inside(address)];
const vector = {
  getHoldingRegister: read,
  getInputRegister: read,
  setRegister: (address, value) => { registers[inside(address)] = value; },
};

// The port stays a string, because the package takes the number 0 for "not given".
const server = new ServerTCP(vector, { host: "127.0.0.1", port, unitID: Number(unit) });
server.on("initialized", () => console.log(server._server.address().port));
server.on("socketError", () => {}); // whoever hung up in the middle
