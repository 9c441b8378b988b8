#!/usr/bin/python3
"""Logs in to cockpit-ws as its login page does: Basic, then one X-Conversation for each prompt.

    cockpit.py PORT NAME PASSWORD [ANSWER...]

Prints every prompt and the end ("200 inside-as-NAME" or the refusal); one line each. Without an ANSWER left
for a prompt it hangs up there. RFC 7617; cockpit's doc/authentication.md.
"""
import base64
import http.client
import json
import sys


def ask(port, authorization, cookie):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Authorization": authorization}
    if cookie:
        headers["Cookie"] = cookie
    connection.request("GET", "/cockpit/login", headers=headers)
    response = connection.getresponse()
    return response, response.read().decode(errors="replace")


def converse(port, name, password, answers):
    basic = base64.b64encode(f"{name}:{password}".encode()).decode()
    response, body = ask(port, "Basic " + basic, None)
    while response.status == 401:
        challenge = response.getheader("WWW-Authenticate", "").split()
        if len(challenge) < 3 or challenge[0] != "X-Conversation":
            break
        prompt = base64.b64decode(challenge[2]).decode()
        words = json.loads(body) if body.startswith("{") else {}
        print(f"{words.get('error', '')}|{words.get('message', '')}|{prompt}", flush=True)
        if not answers:
            return
        answer = base64.b64encode(answers.pop(0).encode()).decode()
        cookie = (response.getheader("Set-Cookie") or "").split(";")[0]
        response, body = ask(port, f"X-Conversation {challenge[1]} {answer}", cookie)
    end = "inside-as-" + name if response.status == 200 else response.reason
    print(f"{response.status} {end} {'' if response.status == 200 else body[:300]}", flush=True)


converse(int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:])
