#pragma once

// Which of llama.cpp's LLaVA graphs is built: the corrected one, or the one of llama.cpp as it is.
// Called from llama.cpp's own sources as corrections.json changes them.

enum class GraphChoice { corrected, uncorrected };

// The choice for all graphs that this thread builds while the object lives.
class GraphScope {
  public:
    explicit GraphScope(GraphChoice choice);
    ~GraphScope();
    GraphScope(const GraphScope &) = delete;
    GraphScope & operator=(const GraphScope &) = delete;

  private:
    GraphChoice previous;
};

bool companion_graph_is_corrected();

// How many of a LLaVA tower's stored layers lead to the features that its projector was trained on:
// the second-to-last layer of the tower as it was trained.
int companion_feature_layers(int stored_layers, int width);
