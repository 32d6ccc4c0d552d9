#pragma once

#include "promise-worker.h"

#include <napi.h>

#include <cmath>
#include <string>
#include <vector>

// Numbers from JavaScript are checked before they reach llama.cpp, which ends the process where they
// are wrong, and with it the answers of all patients.
inline int64_t whole_number(const Napi::Object & options, const char * name, int64_t least, int64_t most) {
    const Napi::Value value = options.Get(name);
    const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
    if (!(number >= (double) least && number <= (double) most) || number != std::floor(number)) {
        throw_to_javascript(options.Env(), CompanionError("internal", std::string(name) + " is out of range"));
    }
    return (int64_t) number;
}

inline float fraction(const Napi::Object & options, const char * name, float least, float most) {
    const Napi::Value value = options.Get(name);
    const float number = value.IsNumber() ? value.As<Napi::Number>().FloatValue() : NAN;
    if (!(number >= least && number <= most)) {
        throw_to_javascript(options.Env(), CompanionError("internal", std::string(name) + " is out of range"));
    }
    return number;
}

template <typename Element>
std::vector<Element> elements(const Napi::Object & options, const char * name, napi_typedarray_type type) {
    const Napi::Value value = options.Get(name);
    if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != type) {
        throw_to_javascript(options.Env(), CompanionError("internal", std::string(name) + " is no such array"));
    }
    const auto array = value.As<Napi::TypedArrayOf<Element>>();
    return std::vector<Element>(array.Data(), array.Data() + array.ElementLength());
}
