/*
 * The text of a request, in memory that is wiped whenever it is given back.
 */
#include "fleet_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sql/account.h"

static bool make_room(struct fleet_request *request, size_t length)
{
    size_t room = 2 * (request->length + length) + 1024;
    char *text;

    if (request->failed || request->room - request->length >= length)
        return !request->failed;
    text = malloc(room);
    if (text == NULL) {
        request->failed = true;
        return false;
    }
    if (request->text != NULL) {
        memcpy(text, request->text, request->length);
        explicit_bzero(request->text, request->room);
        free(request->text);
    }
    request->text = text;
    request->room = room;
    return true;
}

static void add(struct fleet_request *request, const char *octets, size_t length)
{
    if (!make_room(request, length))
        return;
    memcpy(request->text + request->length, octets, length);
    request->length += length;
}

static void add_text(struct fleet_request *request, const char *text)
{
    add(request, text, strlen(text));
}

void fleet_request_add(struct fleet_request *request, const char *key, const char *value)
{
    if (value != NULL && strpbrk(value, "\r\n") != NULL)
        request->failed = true;
    add_text(request, key);
    if (value != NULL && value[0] != '\0') {
        add_text(request, " ");
        add_text(request, value);
    }
    add_text(request, "\n");
}

void fleet_request_set(struct fleet_request *request, const char *fact, const char *value)
{
    char key[32];

    snprintf(key, sizeof key, "set %s", fact);
    fleet_request_add(request, key, value);
}

void fleet_request_set_number(struct fleet_request *request, const char *fact, int64_t value)
{
    char text[24] = "";

    if (value != 0)
        snprintf(text, sizeof text, "%lld", (long long)value);
    fleet_request_set(request, fact, text);
}

void fleet_request_set_roles(struct fleet_request *request, unsigned roles)
{
    if ((roles & ~(unsigned)ROLE_MEMBER) == 0)
        fleet_request_set(request, "roles", "");
    if ((roles & ROLE_ADMIN) != 0)
        fleet_request_set(request, "roles", "admin");
    if ((roles & ROLE_AUDITOR) != 0)
        fleet_request_set(request, "roles", "auditor");
}

void fleet_request_set_all(struct fleet_request *request, const struct account *account)
{
    fleet_request_set(request, "status", account->status == ACCOUNT_ACTIVE ? "active" : "suspended");
    if (account->uid != 0)
        fleet_request_set_number(request, "uid", account->uid);
    fleet_request_set(request, "email", account->email);
    if (account->full_name[0] != '\0')
        fleet_request_set(request, "full_name", account->full_name);
    fleet_request_set(request, "home", account->home);
    fleet_request_set(request, "shell", account->shell);
    if (account->expires_at != 0)
        fleet_request_set_number(request, "expires_at", account->expires_at);
    if (account->hash[0] != '\0')
        fleet_request_set(request, "hash", account->hash);
    if (account->hash[0] != '\0' && account->temporary) {
        fleet_request_set(request, "temporary", "true");
        fleet_request_set_number(request, "temporary_until", account->temporary_until);
    }
    if (account->roles != ROLE_MEMBER)
        fleet_request_set_roles(request, account->roles);
}

void fleet_request_add_octets(struct fleet_request *request, const char *key, const char *octets, size_t length)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    add_text(request, key);
    add_text(request, " ");
    for (size_t i = 0; i < length; i += 3) {
        uint32_t bits = (uint32_t)(unsigned char)octets[i] << 16;
        char four[4];

        bits |= i + 1 < length ? (uint32_t)(unsigned char)octets[i + 1] << 8 : 0;
        bits |= i + 2 < length ? (uint32_t)(unsigned char)octets[i + 2] : 0;
        four[0] = digits[bits >> 18];
        four[1] = digits[bits >> 12 & 63];
        four[2] = '=';
        four[3] = '=';
        if (i + 1 < length)
            four[2] = digits[bits >> 6 & 63];
        if (i + 2 < length)
            four[3] = digits[bits & 63];
        add(request, four, sizeof four);
        explicit_bzero(four, sizeof four);
    }
    add_text(request, "\n");
}

void fleet_request_join(struct fleet_request *request, const struct fleet_request *more)
{
    request->failed = request->failed || more->failed;
    if (more->length > 0)
        add(request, more->text, more->length);
}

void fleet_request_free(struct fleet_request *request)
{
    if (request->text != NULL)
        explicit_bzero(request->text, request->room);
    free(request->text);
    *request = (struct fleet_request){ .text = NULL };
}
