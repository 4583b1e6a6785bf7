// A step that leads from one state to another, and how a trace prints it.
#pragma once

#include <cstdio>
#include <string>

#include "state.hpp"

/// Who did what where. -1: does not apply.
struct Step {
    const char* what;
    int node = -1, shard = -1;
    bool atOld = false;

    std::string text() const {
        std::string words;
        if (node >= 0) words += "node " + std::to_string(node) + ": ";
        words += what;
        if (shard >= 0) words += std::string(" ") + char('A' + shard) + (atOld ? " (replaced)" : "");
        return words;
    }
};

/// A promise that a step broke, or nothing.
inline const char* broken = nullptr;
