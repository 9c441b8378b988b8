#!/bin/bash
# examples/fleet/demo as a test: two providers, three hosts, real ssh; an account made, suspended everywhere, providers lost.
exec /src/examples/fleet/demo --tap
