// Pending events: three words each (tick, rank, slot), in the total order of tick and rank (engine rules 2 and 6).
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

enum EventKind : int64_t { ARRIVE, READY, JOIN, HAND_OUT };

struct Event {
    int64_t tick, rank, slot;
    bool operator<(const Event& other) const {     // std's heaps keep the greatest on top
        return tick != other.tick ? tick > other.tick : rank > other.rank;
    }
};

// The latest event stands beside the heap: most are due before all others and never enter it.
class Calendar {
public:
    bool empty() const { return !held && heap.empty(); }
    int64_t tick() const {
        const int64_t top = heap.empty() ? INT64_MAX : heap.front().tick;
        return held ? std::min(top, latest.tick) : top;
    }

    void push(const Event& event) {
        if (held) {
            heap.push_back(latest);
            std::push_heap(heap.begin(), heap.end());
        }
        latest = event;
        held = true;
    }

    Event pop() {
        if (held && (heap.empty() || heap.front() < latest)) {
            held = false;
            return latest;
        }
        const Event first = heap.front();
        std::pop_heap(heap.begin(), heap.end());
        heap.pop_back();
        return first;
    }

private:
    std::vector<Event> heap;
    Event latest{};
    bool held = false;
};
