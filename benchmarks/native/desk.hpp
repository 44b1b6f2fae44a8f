// A desk: its queue by (class, tick, case and serial), its clerks, its windows, its own book.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

constexpr int64_t NEVER = INT64_MAX;

struct Waiting {
    int64_t priority, queued, order, slot;
    bool operator<(const Waiting& other) const {   // std's heaps keep the greatest on top
        if (priority != other.priority) return priority > other.priority;
        if (queued != other.queued) return queued > other.queued;
        return order > other.order;
    }
};

struct Desk {
    const int64_t *opens, *closes, *staff, *before;
    int64_t windows;
    std::vector<Waiting> queue;
    int64_t here = 0, busy = 0, handed_out_at = -1, wakes_at = -1;
    int64_t came = 0, began = 0, ended = 0, work = 0, waited = 0;

    // `now` never goes back, so the window is remembered.
    int64_t clerks(int64_t now) {
        while (here < windows && closes[here] <= now) ++here;
        return here == windows || opens[here] > now ? 0 : staff[here];
    }

    int64_t next_change(int64_t now) {
        clerks(now);
        if (here == windows) return NEVER;
        return opens[here] > now ? opens[here] : closes[here];
    }

    void join(const Waiting& job) {
        ++came;
        queue.push_back(job);
        std::push_heap(queue.begin(), queue.end());
    }

    Waiting take() {
        const Waiting job = queue.front();
        std::pop_heap(queue.begin(), queue.end());
        queue.pop_back();
        return job;
    }

    // Work pauses while the desk is shut and may end exactly at a close.
    int64_t service_end(int64_t now, int64_t length) {
        clerks(now);
        if (here == windows) return NEVER;
        if (opens[here] <= now && now + length <= closes[here]) return now + length;
        const int64_t done = before[here] + std::max<int64_t>(now - opens[here], 0) + length;
        const int64_t last = std::max(here, std::lower_bound(before, before + windows, done) - before - 1);
        const int64_t end = opens[last] + done - before[last];
        return end <= closes[last] ? end : NEVER;
    }
};
