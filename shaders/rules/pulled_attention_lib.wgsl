// A pair of a query and a key as rules of attention see it: of one point or, with PAIRED, of a start and an end, whose
// sequences are the second half of qkv and lse.

// The place of the end whose start is at a place.
fn ending_of(place: Place, params: Params) -> Place {
  var ending = place;
//@ if PAIRED
  ending.own += params.sequences * params.rows;
  ending.queries += params.sequences * params.queries;
//@ end
  return ending;
}

// Weights of four keys, from the logarithms of their probabilities: the logarithmic means, or roots of one point's
// probabilities, which are those of temperature two before they are divided by their sum.
fn weights_of(start: vec4f, end: vec4f) -> vec4f {
//@ if PAIRED
  return log_mean(start, end);
//@ else
  return exp(0.5f * start);
//@ end
}

// Slopes of the scores by the products of queries and keys.
fn slopes_between(start: vec4f, end: vec4f) -> vec4f {
//@ if CAPPED
//@   if PAIRED
  return SCALE * tanh_slope(SCALE / CAP * start, SCALE / CAP * end);
//@   else
  return slopes_of(scores_of(start));
//@   end
//@ else
  return vec4f(SCALE);
//@ end
}
