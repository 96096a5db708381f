/* What the wire can do: one FETCH of whole messages over TLS, read and thrown away.
 *
 *   fetch HOST PORT CA USER PASSWORD FOLDER
 *
 * Prints the bytes of the answer and the seconds from the dialling on. Nothing is parsed but the last line,
 * so nothing that reads mail over one connection can be faster. */
#include <netdb.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

/* The line that ends an answer is shorter. */
enum { TAIL = 512 };

static void stop(const char *why) {
    fprintf(stderr, "fetch: %s\n", why);
    exit(1);
}

static int dial(const char *host, const char *port) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    if (getaddrinfo(host, port, &hints, &found) != 0) stop("no such host");
    for (struct addrinfo *at = found; at; at = at->ai_next) {
        int fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) == 0) {
            freeaddrinfo(found);
            return fd;
        }
    }
    stop("nobody answers");
    return -1;
}

static double now(void) {
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec + at.tv_nsec / 1e9;
}

/* Reads until the last line begins with the tag; returns the bytes. */
static long answer(SSL *tls, const char *tag) {
    static char bytes[TAIL + 65536];
    size_t kept = 0, length = strlen(tag);
    long all = 0;
    for (;;) {
        int got = SSL_read(tls, bytes + kept, 65536);
        if (got <= 0) stop("the server hung up");
        all += got;
        size_t end = kept + got, start = end > TAIL ? end - TAIL : 0;
        if (bytes[end - 1] == '\n') {
            size_t line = end - 1;
            while (line > start && bytes[line - 1] != '\n') line--;
            if (end - line > length + 3 && memcmp(bytes + line, tag, length) == 0) {
                if (memcmp(bytes + line + length, " OK", 3) == 0) return all;
                stop("the server refuses");
            }
        }
        kept = end - start;
        memmove(bytes, bytes + start, kept);
    }
}

static long command(SSL *tls, const char *tag, const char *text) {
    char line[1024];
    int length = snprintf(line, sizeof line, "%s %s\r\n", tag, text);
    if (SSL_write(tls, line, length) != length) stop("the server takes nothing");
    return answer(tls, tag);
}

int main(int count, char **given) {
    if (count != 7) stop("usage: fetch HOST PORT CA USER PASSWORD FOLDER");
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    if (SSL_CTX_load_verify_locations(context, given[3], NULL) != 1) stop("no certificate");
    double begun = now();
    SSL *tls = SSL_new(context);
    SSL_set_fd(tls, dial(given[1], given[2]));
    SSL_set_tlsext_host_name(tls, given[1]);
    if (SSL_connect(tls) != 1) stop("TLS fails");
    char text[1024];
    snprintf(text, sizeof text, "LOGIN %s %s", given[4], given[5]);
    command(tls, "qx1", text);
    snprintf(text, sizeof text, "EXAMINE %s", given[6]);
    command(tls, "qx2", text);
    long bytes = command(tls, "qx3", "UID FETCH 1:* (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])");
    printf("%ld %.3f\n", bytes, now() - begun);
    return 0;
}
