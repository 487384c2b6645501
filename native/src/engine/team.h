// The worker threads of the process. There is one team, whoever calls: OpenMP itself would keep one for each thread
// that calls, let it spin as long as its environment says, and end the process where a thread can't be had.
#ifndef RECTIFIER_ENGINE_TEAM_H
#define RECTIFIER_ENGINE_TEAM_H

#include <cstdint>

// Calls member(context, i) for 0 <= i < threads, each on a thread of its own, and returns when all have.
using TeamRunner = void (*)(int32_t threads, void (*member)(void* context, int32_t i), void* context);

enum class TeamResult { done, occupied, no_threads };

// Calls body(context, piece) for 0 <= piece < pieces on the caller's thread and up to threads - 1 others. Nothing is
// called if the team works for somebody else, or can't be had, or sleeps and neither is the job long nor one of many.
TeamResult run_in_team(
    TeamRunner runner, int64_t pieces, bool is_long, int32_t threads, void (*body)(void*, int64_t), void* context);

// Ends the team, when it has done its work, and waits until none of its threads is in the code of this library.
void end_team();

// For a process that fork() has just made: the team's threads aren't there, and nobody is in a call.
void forget_team();

#endif
