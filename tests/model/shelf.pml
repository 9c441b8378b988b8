/*
 * How threads share maps of the directory file: nss_coder/directory_shelf.c, one statement for each step that others
 * can see (its atomic operations are sequentially consistent).
 *
 * Two shelves, and threads that each look up somebody again and again. A lookup counts itself in, sees whether the
 * shelf is still the current one, and uses its map; or makes a new map, puts it on a free shelf and makes that the
 * current one, which retires the former. Whoever finds a retired shelf without readers takes its map away.
 *
 * Claim: nobody uses a map that was taken away, and nothing is taken away twice.
 */
#define SHELVES 2
#ifndef THREADS
#define THREADS 3
#define LOOKUPS 1
#endif

mtype = { FREE, BUSY, READY, RETIRED };

mtype state[SHELVES];
bool mapped[SHELVES];
byte current; /* SHELVES: none */

typedef shelf_lanes { byte readers[THREADS] }
shelf_lanes lanes[SHELVES];

/* One lane after the other, as it is. */
inline look_at_lanes(shelf, ret)
{
    ret = false;
    lane = 0;
    do
    :: lane < THREADS ->
        ret = ret || lanes[shelf].readers[lane] != 0;
        lane++
    :: else -> break
    od
}

/* shelf_empty_if_unused() */
inline empty_if_unused(shelf)
{
    do
    :: state[shelf] != RETIRED -> break
    :: else ->
        look_at_lanes(shelf, used);
        if
        :: used -> break
        :: else
        fi;
        atomic {
            if
            :: state[shelf] == RETIRED -> state[shelf] = BUSY
            :: else -> break
            fi
        }
        look_at_lanes(shelf, used);
        if
        :: used -> state[shelf] = RETIRED
        :: else ->
            assert(mapped[shelf]);
            mapped[shelf] = false; /* munmap(2) */
            state[shelf] = FREE
        fi
    od
}

inline drop(shelf)
{
    lanes[shelf].readers[me]--;
    empty_if_unused(shelf)
}

inline use(shelf)
{
    assert(mapped[shelf]);
    assert(mapped[shelf])
}

proctype thread(byte me)
{
    byte shelf, former, lane, i, n = 0;
    bool used;
    do
    :: n == LOOKUPS -> break
    :: else ->
        n++;
        shelf = current; /* directory_shelf_take() */
        if
        :: shelf != SHELVES ->
            lanes[shelf].readers[me]++;
            if
            :: current == shelf -> use(shelf)
            :: else
            fi;
            drop(shelf)
        :: true
        fi;
        if
        :: true -> goto next /* the file is the same */
        :: true /* it was replaced: directory_shelf_put() */
        fi;
        i = 0;
        do
        :: i == SHELVES -> goto next
        :: else ->
            atomic {
                if
                :: state[i] == FREE -> state[i] = BUSY; break
                :: else -> i++
                fi
            }
        od;
        assert(!mapped[i]);
        mapped[i] = true;
        lanes[i].readers[me]++;
        state[i] = READY;
        atomic { former = current; current = i } /* an exchange */
        if
        :: former != SHELVES ->
            state[former] = RETIRED; /* shelf_retire() */
            empty_if_unused(former)
        :: else
        fi;
        use(i);
        drop(i);
next:   atomic { shelf = 0; former = 0; lane = 0; i = 0; used = false }
    od
}

/* The first shelf is the current one, or none is. */
init
{
    byte i;
    atomic {
        state[0] = FREE;
        state[1] = FREE;
        current = SHELVES;
        if
        :: state[0] = READY; mapped[0] = true; current = 0
        :: true
        fi;
        for (i : 0 .. THREADS - 1) {
            run thread(i)
        }
    }
}
