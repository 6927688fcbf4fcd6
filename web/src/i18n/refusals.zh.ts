/** Why the server did not do what was asked, and what to do, by status and by the parameter it names. `refusals.en` has the same keys. */
export const refusals = {
  said: '服务器原话',
  parameters: {
    q: { why: '搜索的文字不合要求', todo: '请缩短或改写后再试。' },
    lon: { why: '经度不对', todo: '经度应在 −180 到 180 度之间；请看经纬度是否写反。' },
    lat: { why: '纬度不对', todo: '纬度应在 −90 到 90 度之间；请看经纬度是否写反。' },
    crs: { why: '没有这个坐标系', todo: '请另选坐标系。' },
    accuracy: { why: '定位精度不对', todo: '请改用别的精度。' },
    unit: { why: '编码不对', todo: '请核对编码。' },
    code: { why: '编码不对', todo: '请核对编码。' },
    v: { why: '版本不对', todo: '请回到当前版本。' },
    at: { why: '日期不对', todo: '请回到当前版本。' },
  },
  statuses: {
    400: { why: '服务器看不懂这个请求', todo: '请改一改再试。' },
    403: { why: '没有权限', todo: '请向管理员说明。' },
    404: { why: '服务器上没有', todo: '请核对编码、版本或链接。' },
    408: { why: '内容没有传完', todo: '请看网络，再试一次。' },
    410: { why: '已经停用', todo: '请改用现在的编码或链接。' },
    413: { why: '内容太大', todo: '请分成几份再试。' },
    415: { why: '服务器不收这种格式', todo: '请用 CSV 或 GeoJSON。' },
    500: { why: '服务器出了错', todo: '请告诉管理员，原因在服务器日志里。' },
    502: { why: '另一个服务没有回答', todo: '请稍后再试。' },
    503: { why: '服务器正忙', todo: '请过几秒再试。' },
  },
  other: { why: '服务器没有照办', todo: '请再试一次。' },
};
