#include "pairs.h"

int wmain(int count, wchar_t** arguments)
{
    return play(count, arguments, &protocol_pair::right);
}
