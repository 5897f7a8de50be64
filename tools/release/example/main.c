#include <stdio.h>

#include "story.h"

static void write_text(const char* text) { fputs(text, stdout); }

int main(void) { return tell_story(write_text); }
