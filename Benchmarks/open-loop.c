// Asks a node at a given rate, whether it answers in time or not, and prints as JSON how long the answers took.
//
// Requests are due at the times of a Poisson process, as those of many clients that know nothing of each other. A request
// that is due takes a connection that has nothing under way; where there is none, it waits for one. Its time is counted from
// the moment at which it was due (Tene: coordinated omission).
//
// usage: open-loop PORT MODE CARTS RATE SECONDS [CONNECTIONS]     MODE: get, add
//        open-loop PORT fill CARTS 0 0 [CONNECTIONS]              creates the carts with five lines each, as fast as it can

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { response_limit = 64 * 1024, request_limit = 4 * 1024, connection_limit = 4096 };
static const int64_t second = 1000000000;
static const int64_t warm_up = 1000000000;   // Answers to requests that were due in it do not count.
static const int64_t patience = 5000000000;  // For what is under way at the end.

struct connection {
    int fd;
    int pending;        // Answers that have yet to come.
    int64_t due;        // The time at which the request under way was due.
    size_t length;      // Of the bytes that came.
    char bytes[response_limit];
};

static struct connection *connections;
static struct connection *idle[connection_limit];
static int idle_count;
static uint64_t requests, errors;

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * second + time.tv_nsec;
}

// A histogram with buckets of less than 1 % of their value.

enum { bucket_count = 64 * 128 };
static uint64_t answers[bucket_count], lateness[bucket_count];

static int bucket(int64_t value) {
    uint64_t v = value < 0 ? 0 : (uint64_t)value;
    if (v < 128) return (int)v;
    int shift = 63 - __builtin_clzll(v) - 7;
    return (shift + 1) * 128 + (int)((v >> shift) - 128);
}

static double milliseconds(int bucket) {
    int shift = bucket / 128 - 1;
    double value = bucket < 128 ? bucket : (double)((uint64_t)(bucket % 128 + 128) << shift);
    return value / 1e6;
}

static double quantile(const uint64_t *counts, double share) {
    uint64_t all = 0, seen = 0;
    for (int i = 0; i < bucket_count; i++) all += counts[i];
    for (int i = 0; i < bucket_count; i++) {
        seen += counts[i];
        if (all > 0 && (double)seen >= share * (double)all) return milliseconds(i);
    }
    return 0;
}

// Requests.

static int post(char *to, int cart, const char *path, const char *body) {
    return sprintf(to, "POST /v1/carts/bench-%d%s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                       "Content-Length: %zu\r\n\r\n%s", cart, path, strlen(body), body);
}

static const char *const line = "\"sku\":\"SKU-%d\",\"name\":\"A plain product name\",\"quantity\":1,"
                                "\"unitPrice\":{\"amount\":1999,\"currency\":\"EUR\"}";

static int write_get(char *to, int cart) {
    return sprintf(to, "GET /v1/carts/bench-%d HTTP/1.1\r\nHost: localhost\r\n\r\n", cart);
}

static int write_add(char *to, int cart) {
    char members[256], body[512];
    sprintf(members, line, rand() % 5);
    sprintf(body, "{%s}", members);
    return post(to, cart, "/lines", body);
}

static int write_fill(char *to, int cart) {
    int length = sprintf(to, "PUT /v1/carts/bench-%d HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                             "Content-Length: 2\r\n\r\n{}", cart);
    char members[256], body[2048] = "{\"actions\":[";
    for (int sku = 0; sku < 5; sku++) {
        sprintf(members, line, sku);
        sprintf(body + strlen(body), "%s{\"action\":\"add-line\",%s}", sku ? "," : "", members);
    }
    strcat(body, "]}");
    return length + post(to + length, cart, "/actions", body);
}

static void send_request(struct connection *to, const char *request, int length, int answers_due, int64_t due) {
    // A request is far smaller than a socket's buffer that has nothing in it.
    if (write(to->fd, request, (size_t)length) != length) fail("open-loop: write");
    to->pending = answers_due;
    to->due = due;
}

// Takes an answer off the connection's bytes. Returns its status; 0 while it is not whole.
static int take_answer(struct connection *from) {
    char *end = memmem(from->bytes, from->length, "\r\n\r\n", 4);
    if (!end) return 0;
    *end = 0;
    char *field = strcasestr(from->bytes, "\r\ncontent-length:");
    size_t whole = (size_t)(end + 4 - from->bytes) + (field ? strtoul(field + 17, NULL, 10) : 0);
    int status = atoi(from->bytes + 9);
    *end = '\r';
    if (whole > response_limit) fail("open-loop: a large answer");
    if (from->length < whole) return 0;
    memmove(from->bytes, from->bytes + whole, from->length - whole);
    from->length -= whole;
    return status;
}

// Reads what came. Returns true if nothing is under way any more.
static int receive(struct connection *from) {
    ssize_t count = read(from->fd, from->bytes + from->length, response_limit - from->length);
    if (count <= 0) {
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return 0;
        fail("open-loop: the node closed a connection");
    }
    if (from->pending == 0) fail("open-loop: an answer without a request");
    from->length += (size_t)count;
    for (int status; from->pending > 0 && (status = take_answer(from)) != 0;) {
        from->pending--;
        requests++;
        if (status < 200 || status > 299) errors++;
    }
    return from->pending == 0;
}

static void open_connections(int port, int count, int poll) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    connections = calloc((size_t)count, sizeof *connections);
    if (!connections) fail("open-loop: memory");
    for (int i = 0; i < count; i++) {
        int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("open-loop: connect");
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        fcntl(fd, F_SETFL, O_NONBLOCK);
        connections[i].fd = fd;
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event) != 0) fail("open-loop: epoll");
        idle[idle_count++] = &connections[i];
    }
}

static int await(int poll, struct epoll_event *events, int64_t wait) {
    if (wait < 0) wait = 0;
    struct timespec time = {.tv_sec = wait / second, .tv_nsec = wait % second};
    int count = epoll_pwait2(poll, events, 64, &time, NULL);
    if (count < 0 && errno != EINTR) fail("open-loop: epoll_pwait2");
    return count < 0 ? 0 : count;
}

static void fill(int poll, int carts) {
    char request[request_limit];
    struct epoll_event events[64];
    int next = 0, under_way = 0;
    while (next < carts || under_way > 0) {
        while (next < carts && idle_count > 0) {
            send_request(idle[--idle_count], request, write_fill(request, next), 2, 0);
            next++;
            under_way++;
        }
        int count = await(poll, events, second);
        for (int i = 0; i < count; i++) {
            struct connection *from = events[i].data.ptr;
            if (!receive(from)) continue;
            idle[idle_count++] = from;
            under_way--;
        }
    }
}

static int64_t gap(double rate) { return (int64_t)(-log(1 - drand48()) / rate * 1e9); }

// Returns the number of requests that were due and never answered.
static uint64_t ask(int poll, int isAdd, int carts, double rate, int64_t duration, int count) {
    // Those that are due and have no connection yet, in order.
    size_t capacity = (size_t)(rate * (double)duration / 1e9 * 2) + 1024, first = 0, last = 0;
    int64_t *waiting = malloc(capacity * sizeof *waiting);
    if (!waiting) fail("open-loop: memory");
    char request[request_limit];
    struct epoll_event events[64];
    int64_t start = now(), end = start + warm_up + duration, due = start + gap(rate);
    while (1) {
        int64_t time = now();
        for (; due <= time && due < end && last < capacity; due += gap(rate)) {
            if (due >= start + warm_up) lateness[bucket(time - due)]++;
            waiting[last++] = due;
        }
        while (first < last && idle_count > 0) {
            int cart = (int)(drand48() * carts);
            send_request(idle[--idle_count], request, isAdd ? write_add(request, cart) : write_get(request, cart), 1,
                         waiting[first++]);
        }
        int isOver = due >= end || last == capacity;
        if ((isOver && first == last && idle_count == count) || time >= end + patience) break;
        int found = await(poll, events, (isOver ? time + second / 10 : due) - time);
        time = now();
        for (int i = 0; i < found; i++) {
            struct connection *from = events[i].data.ptr;
            if (!receive(from)) continue;
            if (from->due >= start + warm_up) answers[bucket(time - from->due)]++;
            idle[idle_count++] = from;
        }
    }
    free(waiting);
    return last - first + (uint64_t)(count - idle_count);
}

int main(int count, char **words) {
    if (count < 6) {
        fprintf(stderr, "usage: open-loop PORT MODE CARTS RATE SECONDS [CONNECTIONS]\n");
        return 64;
    }
    int carts = atoi(words[3]), number = count > 6 ? atoi(words[6]) : 64;
    if (carts < 1 || number < 1 || number > connection_limit) return 64;
    prctl(PR_SET_TIMERSLACK, 1);
    srand48(now());
    int poll = epoll_create1(0);
    open_connections(atoi(words[1]), number, poll);
    int64_t start = now();
    uint64_t unanswered = 0;
    double seconds = atof(words[5]);
    if (strcmp(words[2], "fill") == 0) {
        fill(poll, carts);
        seconds = (double)(now() - start) / 1e9;
    } else {
        unanswered = ask(poll, strcmp(words[2], "add") == 0, carts, atof(words[4]), (int64_t)(seconds * 1e9), number);
    }
    double elapsed = (double)(now() - start) / 1e9;
    uint64_t counted = 0;
    for (int i = 0; i < bucket_count; i++) counted += answers[i];
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double used = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("{\"requests\": %lu, \"rate\": %.1f, \"p50ms\": %.3f, \"p99ms\": %.3f, \"p999ms\": %.3f, \"maxms\": %.3f, "
           "\"errors\": %lu, \"unanswered\": %lu, \"late99ms\": %.3f, \"client\": %.2f, \"seconds\": %.1f}\n",
           (unsigned long)requests, (counted ? (double)counted : (double)requests) / seconds, quantile(answers, 0.5), quantile(answers, 0.99),
           quantile(answers, 0.999), quantile(answers, 1), (unsigned long)errors, (unsigned long)unanswered, quantile(lateness, 0.99),
           used / elapsed, elapsed);
    return 0;
}
