import type { refusals as zh } from './refusals.zh';

export const refusals: typeof zh = {
  said: 'The server said',
  parameters: {
    q: { why: 'This text cannot be searched for', todo: 'Shorten or change it and try again.' },
    lon: { why: 'The longitude is wrong', todo: 'It must lie between −180 and 180 degrees; longitude and latitude may be swapped.' },
    lat: { why: 'The latitude is wrong', todo: 'It must lie between −90 and 90 degrees; longitude and latitude may be swapped.' },
    crs: { why: 'There is no such datum', todo: 'Choose another datum.' },
    accuracy: { why: 'The accuracy is wrong', todo: 'Choose another one.' },
    unit: { why: 'The code is wrong', todo: 'Check the code.' },
    code: { why: 'The code is wrong', todo: 'Check the code.' },
    v: { why: 'The version is wrong', todo: 'Go back to the current version.' },
    at: { why: 'The date is wrong', todo: 'Go back to the current version.' },
  },
  statuses: {
    400: { why: 'The server could not read the request', todo: 'Change it and try again.' },
    403: { why: 'This is not allowed', todo: 'Ask whoever runs the server.' },
    404: { why: 'The server has no such thing', todo: 'Check the code, the version or the link.' },
    408: { why: 'Not all of it arrived', todo: 'Check the network and try again.' },
    410: { why: 'This is no longer in use', todo: 'Use the present code or link.' },
    413: { why: 'This is too large', todo: 'Send it in several parts.' },
    415: { why: 'The server does not take this format', todo: 'Use CSV or GeoJSON.' },
    500: { why: 'The server failed', todo: 'Tell whoever runs it; its log says why.' },
    502: { why: 'Another service did not answer', todo: 'Try again later.' },
    503: { why: 'The server is busy', todo: 'Try again in a few seconds.' },
  },
  other: { why: 'The server did not do it', todo: 'Try again.' },
};
