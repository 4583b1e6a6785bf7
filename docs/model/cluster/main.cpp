// Checks the rules of docs/failure-model.md for a Redis that fails over and scales out. README.md says how to use it.
#include "checker.hpp"

static int usage() {
    std::puts("usage: cluster-2 [BOUND=VALUE...] [--without RULE] [--trace] [seconds=N] [millions=N]\n\n"
              "Exit status 0: complete, 1: a promise is broken, 2: cut. `millions` bounds the states in memory.\n\n"
              "bounds:");
#define PRINT(name, value, meaning) std::printf("  %-14s %s (%d)\n", #name, meaning, value);
    EACH_BOUND(PRINT)
#undef PRINT
    std::puts("\nrules:");
#define PRINT(name, meaning) std::printf("  %-23s %s\n", #name, meaning);
    EACH_RULE(PRINT)
#undef PRINT
    return 64;
}

int main(int count, char** arguments) {
    int seconds = 600, millions = 60;
    bool trace = false;
    for (int i = 1; i < count; i++) {
        std::string argument = arguments[i];
        size_t equals = argument.find('=');
        if (argument == "--trace") trace = true;
        else if (argument == "--without" && i + 1 < count && rules.switchOff(arguments[i + 1])) i++;
        else if (equals == std::string::npos) return usage();
        else {
            std::string name = argument.substr(0, equals);
            int value = std::atoi(argument.c_str() + equals + 1);
            if (name == "seconds") seconds = value;
            else if (name == "millions") millions = value;
            else if (!bounds.set(name, value)) return usage();
        }
    }
    Result result = Search(size_t(millions) * 1'000'000, seconds).run();
    const char* outcome = "complete";
    if (result.outcome != Outcome::complete) outcome = result.outcome == Outcome::cut ? "cut" : result.promise;
    std::printf("%s: %zu states, ", outcome, result.states);
    if (result.outcome == Outcome::broken) std::printf("%zu steps\n", result.trace.size());
    else {
        std::printf("depth %zu (node 1 answers in %zu, node 0 after a promotion in %zu, copies in %zu, tombstones in %zu)\n",
                    result.depth, result.takenOver, result.afterPromotion, result.copies, result.tombstones);
    }
    if (trace) {
        for (size_t i = 0; i < result.trace.size(); i++) std::printf("%3zu  %s\n", i + 1, result.trace[i].c_str());
    }
    return result.outcome == Outcome::complete ? 0 : result.outcome == Outcome::broken ? 1 : 2;
}
