#include "graph-choice.h"

namespace {

thread_local GraphChoice current_choice = GraphChoice::corrected;

// The depth of the towers that LLaVA models are built on, known by their width: OpenAI's and
// OpenCLIP's ViT-B, ViT-L, ViT-H and ViT-bigG, and SigLIP's So400m.
int full_depth(int width) {
    switch (width) {
        case 768:  return 12;
        case 1024: return 24;
        case 1152: return 27;
        case 1280: return 32;
        case 1664: return 48;
        default:   return 0;
    }
}

}

GraphScope::GraphScope(GraphChoice choice) : previous(current_choice) {
    current_choice = choice;
}

GraphScope::~GraphScope() {
    current_choice = previous;
}

bool companion_graph_is_corrected() {
    return current_choice == GraphChoice::corrected;
}

// Every known converter of LLaVA files (llama.cpp's legacy one and its descendants) leaves the
// tower's last layer out: a CLIP ViT-L of 24 layers is stored as 23. So all stored layers are run.
// Only a file that holds its tower's full depth still has the layer that LLaVA does not use.
// llama.cpp always leaves one out, whatever the file holds. A file that names the layer itself
// (clip.vision.feature_layer) has llama.cpp take that one in either graph.
int companion_feature_layers(int stored_layers, int width) {
    const bool complete = stored_layers == full_depth(width);
    return companion_graph_is_corrected() && !complete ? stored_layers : stored_layers - 1;
}
