/* A Modbus device of libmodbus, for the tests: prints its port, then serves until it is killed.
 * Usage: libmodbus_device PORT UNIT REGISTER...     TCP; port 0: any that is free
 *        libmodbus_device PATH UNIT REGISTER...     RTU at 115200 baud, 8N1; prints 0 */
#include <arpa/inet.h>
#include <errno.h>
#include <modbus/modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <unistd.h>

static void fail(const char *what) {
    fprintf(stderr, "%s: %s\n", what, modbus_strerror(errno));
    exit(1);
}

static void announce(int port) {
    printf("%d\n", port);
    fflush(stdout);
}

/* Answers one request on the context's descriptor; 0 when whoever asked is gone. */
static int answer(modbus_t *device, modbus_mapping_t *registers) {
    uint8_t request[MODBUS_TCP_MAX_ADU_LENGTH];
    int length = modbus_receive(device, request);
    if (length > 0)
        length = modbus_reply(device, request, length, registers);
    return length >= 0 || errno == EMBBADCRC;
}

static void serve_tcp(modbus_t *device, modbus_mapping_t *registers) {
    int listening = modbus_tcp_listen(device, 8);
    struct sockaddr_in bound;
    socklen_t size = sizeof bound;
    if (listening < 0 || getsockname(listening, (struct sockaddr *)&bound, &size) < 0)
        fail("listen");
    announce(ntohs(bound.sin_port));
    fd_set open;
    FD_ZERO(&open);
    FD_SET(listening, &open);
    for (;;) {
        fd_set ready = open;
        if (select(FD_SETSIZE, &ready, NULL, NULL, NULL) < 0)
            fail("select");
        for (int fd = 0; fd < FD_SETSIZE; fd++) {
            if (!FD_ISSET(fd, &ready))
                continue;
            if (fd == listening) {
                int accepted = modbus_tcp_accept(device, &listening);
                if (accepted >= 0)
                    FD_SET(accepted, &open);
                continue;
            }
            modbus_set_socket(device, fd);
            if (!answer(device, registers)) {
                FD_CLR(fd, &open);
                close(fd);
            }
        }
    }
}

static void serve_rtu(modbus_t *device, modbus_mapping_t *registers) {
    if (modbus_connect(device) < 0)
        fail("connect");
    announce(0);
    for (;;)
        if (!answer(device, registers) && errno != ETIMEDOUT)
            fail("answer");
}

int main(int count, char **words) {
    if (count < 4)
        return 2;
    int tcp = words[1][0] != '/';
    modbus_t *device = tcp ? modbus_new_tcp("127.0.0.1", atoi(words[1])) : modbus_new_rtu(words[1], 115200, 'N', 8, 1);
    int many = count - 3;
    modbus_mapping_t *registers = modbus_mapping_new(0, 0, many, many);
    if (device == NULL || registers == NULL || modbus_set_slave(device, atoi(words[2])) < 0)
        fail("device");
    for (int at = 0; at < many; at++)
        registers->tab_registers[at] = registers->tab_input_registers[at] = (uint16_t)atoi(words[3 + at]);
    if (tcp)
        serve_tcp(device, registers);
    else
        serve_rtu(device, registers);
}
