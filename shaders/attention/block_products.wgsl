// Products of rows with eight columns of a lane, for the kernels that make scores.

// Adds the products of 8 rows and 8 columns at 4 k to their sums. A function of its own, as naga's time grows with the
// square of one's length.
fn add_products(
  own: vec4f,
//@ for c in 8
  k$c: vec4f,
//@ end
//@ for i in 8
//@   for c in 8
  sum$i_$c: ptr<function, f32>,
//@   end
//@ end
) {
//@ for c in 8
//@   for e in 4
  let k$c_$e = k$c[$e];
//@   end
//@ end
//@ for i in 8
//@   for e in 4
  let q$i_$e = subgroupBroadcast(own[$e], $iu);
//@     for c in 8
  *sum$i_$c = fma(q$i_$e, k$c_$e, *sum$i_$c);
//@     end
//@   end
//@ end
}

fn scores_of(products: vec4f) -> vec4f {
//@ if CAPPED
  return soft_cap(SCALE * products);
//@ else
  return SCALE * products;
//@ end
}

// True if a query does not see keys.
fn hidden(query: u32, keys: vec4<u32>) -> vec4<bool> {
  return (keys > vec4<u32>(query)) | (keys + params.window <= vec4<u32>(query));
}
