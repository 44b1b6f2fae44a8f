// Chance as in sim/draws.py: Philox 4x32-10 at an address, then integer inverse-distribution tables in ticks.
#pragma once
#include <cstdint>

struct Key { uint32_t seed, replication; };

inline uint64_t bits(Key key, uint64_t id, uint32_t leg, uint32_t stream, uint32_t n) {
    uint32_t a = uint32_t(id), b = uint32_t(id >> 32), c = leg, d = stream << 12 | n;
    uint32_t x = key.seed, y = key.replication;
    for (int round = 0; round < 10; ++round) {
        const uint64_t first = uint64_t(0xD2511F53u) * a, second = uint64_t(0xCD9E8D57u) * c;
        a = uint32_t(second >> 32) ^ b ^ x;
        b = uint32_t(second);
        c = uint32_t(first >> 32) ^ d ^ y;
        d = uint32_t(first);
        x += 0x9E3779B9u;
        y += 0xBB67AE85u;
    }
    return uint64_t(b) << 32 | a;
}

inline double unit(uint64_t bits) { return (double(bits >> 12) + 0.5) * 0x1p-52; }

// SplitMix64's finaliser, once for the place and once for the round.
inline uint32_t leg_key(uint32_t parent, uint64_t place, uint64_t round) {
    uint64_t z = parent;
    for (uint64_t word : {place, round}) {
        z = (z ^ word) + 0x9E3779B97F4A7C15u;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
        z = (z ^ z >> 27) * 0x94D049BB133111EBu;
        z ^= z >> 31;
    }
    return uint32_t(z >> 32);
}

constexpr int OCTAVES = 40, CELLS = 64, KNOTS = 2 * (OCTAVES * CELLS + 1) + 1;

// The value of a law for some bits. Half of all draws stop at the first octave.
inline int64_t draw(const int64_t* table, uint64_t u) {
    const bool above = u >> 63;
    if (above) u = ~u;
    int octave = OCTAVES - 1;
    while (octave >= 0 && u < uint64_t(1) << (octave + 63 - OCTAVES)) --octave;
    int width = 63 - OCTAVES;
    int64_t knot = 0;
    if (octave >= 0) {
        width = octave + 57 - OCTAVES;
        knot = 1 + octave * CELLS + int64_t(u >> width & (CELLS - 1));
    }
    const uint64_t part = u & ((uint64_t(1) << width) - 1);
    const int64_t way = int64_t(width > 31 ? part >> (width - 31) : part << (31 - width));
    if (above) {
        const int64_t last = KNOTS - 1 - knot, step = table[last] - table[last - 1];
        return table[last] - ((step >> 31) * way + ((step & 0x7FFFFFFF) * way >> 31));
    }
    const int64_t step = table[knot + 1] - table[knot];
    return table[knot] + (step >> 31) * way + ((step & 0x7FFFFFFF) * way >> 31);
}
