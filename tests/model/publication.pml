/*
 * Who publishes the directory file and who answers from it: nss_coder/directory_mark.c, directory_map.c and
 * directory_shelf.c, one statement for each step that others can see.
 *
 * One tool publishes at a time (there is a lock) and may be killed before any of its steps; then another one begins
 * anew. Two readers look somebody up again and again, and may sleep anywhere.
 *
 * Claim: a lookup that began after a publication had returned is not answered from a file that was replaced before;
 * and what a publication leaves in place is not marked.
 */
#ifndef FILES
#define FILES 3 /* are made in all; the first is in place */
#endif
#define READERS 2
#define SECOND 1 /* tick for which a reader goes without a look: DIRECTORY_LOOK_MS */

byte path = 1;          /* the file that the path names */
byte published = 1;     /* the last file whose publication has returned */
bool marked[FILES + 1]; /* as everybody sees it who has the file mapped */
bool deaf[FILES + 1];   /* cannot be marked so that its readers see it: below in an overlay */

/* Hourglasses, so that time has no end: what is left of the second. */
byte fresh[READERS];  /* since the look that the map is from */
byte looking[READERS]; /* since the look under way */
byte waiting;         /* of the tool's wait */

#define RUN_DOWN(glass) if :: glass > 0 -> glass-- :: else fi

active proctype clock()
{
end: do
    :: atomic {
        fresh[0] + fresh[1] + looking[0] + looking[1] + waiting > 0;
        RUN_DOWN(fresh[0]); RUN_DOWN(fresh[1]); RUN_DOWN(looking[0]); RUN_DOWN(looking[1]); RUN_DOWN(waiting)
    }
    od
}

#define OR_KILLED :: atomic { heard = false; waiting = 0; goto begin }

active proctype tool()
{
    byte new = 1;
    bool heard = false;
begin:
    if
    :: new < FILES -> new++
    :: goto end
    fi;
    if
    :: marked[new] = marked[path] /* a copy of what is in place, with what a killed tool left */
    :: deaf[new] = true
    fi;
    if
    :: marked[new] = false /* directory_unmark() */
    OR_KILLED
    fi;
    if
    :: atomic { heard = !deaf[path]; marked[path] = heard } /* directory_mark() */
    OR_KILLED
    fi;
    if
    :: path = new /* rename(2) */
    OR_KILLED
    fi;
    if
    :: heard
    :: else -> /* wait_until_all_looked() */
        waiting = SECOND;
        if
        :: waiting == 0
        OR_KILLED
        fi
    fi;
    assert(!marked[path]);
    atomic { published = new; heard = false; goto begin };
end: skip
}

#define ANSWER(file) assert(file >= oldest)

active [READERS] proctype reader()
{
    byte me = _pid - 2, map = 0, seen = 0, oldest = 0;
end: do
    :: oldest = published; /* the lookup begins */
        if
        :: map == 0 || fresh[me] == 0
        :: else -> /* directory_shelf_is_fresh() */
            if
            :: atomic { !marked[map] -> ANSWER(map); goto next }
            :: else
            fi
        fi;
        looking[me] = SECOND; /* shelf_look(): the clock is read before the path */
        seen = path;
        if
        :: atomic { map == seen -> ANSWER(map); fresh[me] = looking[me]; goto next }
        :: else
        fi;
        looking[me] = SECOND; /* view_map_anew() */
        seen = path;
        atomic { ANSWER(seen); map = seen; fresh[me] = looking[me] };
next:   atomic { seen = 0; oldest = 0; looking[me] = 0 }
    od
}
